package handles

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

func handle(kind Kind, generation, index uint64) Handle {
	return Handle(uint64(kind)<<kindShift | generation<<indexBits | index)
}

func TestHandleSaysItsKind(t *testing.T) {
	for kind := Connection; kind <= Frame; kind++ {
		if got := handle(kind, 7, 9).Kind(); got != kind {
			t.Errorf("Kind() of a handle of kind %d is %d", kind, got)
		}
	}
}

// Random operations against a map, with handles that share slots: a slot may be given to the next
// object while the engine still ends the one before.
func TestObjectsAgainstModel(t *testing.T) {
	const slots, steps = 300, 200000
	var objects Objects[int]
	model := map[Handle]int{}
	var made []Handle
	random := rand.New(rand.NewPCG(1, 2))
	for step := range steps {
		if step == 0 || random.Uint64N(4) == 0 {
			index := random.Uint64N(slots) * 3500 % (1 << indexBits)
			h := handle(DataChannel, uint64(len(made)+1), index)
			made = append(made, h)
			model[h] = step
			objects.Put(h, step)
		}
		h := made[len(made)-1-random.IntN(min(len(made), 1000))]
		want, alive := model[h]
		if got, ok := objects.Get(h); ok != alive || got != want {
			t.Fatalf("step %d: Get(%#x) = %d, %t; want %d, %t", step, h, got, ok, want, alive)
		}
		if random.Uint64N(3) == 0 {
			if got, ok := objects.Remove(h); ok != alive || got != want {
				t.Fatalf("step %d: Remove(%#x) = %d, %t; want %d, %t", step, h, got, ok, want, alive)
			}
			delete(model, h)
		}
		if objects.Len() != len(model) {
			t.Fatalf("step %d: Len() = %d; want %d", step, objects.Len(), len(model))
		}
	}
}

// Readers only ever get what the handle named; each object is removed by one caller.
func TestObjectsInParallel(t *testing.T) {
	const writers, rounds = 4, 20000
	var objects Objects[Handle]
	var last [writers]atomic.Uint64
	var done sync.WaitGroup
	var removed atomic.Int64
	for writer := range writers {
		done.Go(func() {
			for round := range uint64(rounds) {
				h := handle(Connection, round*writers+uint64(writer)+1, round%5)
				objects.Put(h, h)
				last[writer].Store(uint64(h))
				got, ok := objects.Get(Handle(last[(writer+1)%writers].Load()))
				if ok && got.Kind() != Connection {
					t.Errorf("got an object that was never put: %#x", got)
				}
				if got, ok := objects.Remove(h); ok {
					removed.Add(1)
					if got != h {
						t.Errorf("Remove(%#x) = %#x", h, got)
					}
				}
			}
		})
	}
	done.Wait()
	if removed.Load() == 0 {
		t.Error("nothing was ever removed")
	}
}

func TestZeroObjectsAreEmpty(t *testing.T) {
	var objects Objects[string]
	if _, ok := objects.Get(handle(Source, 1, 1)); ok || objects.Len() != 0 {
		t.Error("a new table is not empty")
	}
	if _, ok := objects.Remove(0); ok {
		t.Error("the zero handle named something")
	}
}
