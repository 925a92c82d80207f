package audio

import "time"

// reportEvery is how often what was received is logged, for those who look.
const reportEvery = time.Second

// report logs what has come since the last time.
func (r *Receiver) report(q *player, at time.Duration) {
	if at < q.reportAt {
		return
	}
	first := q.reportAt == 0
	q.reportAt = at + reportEvery
	now, before := r.Statistics(), q.reported
	q.reported = now
	if first || q.by == nil {
		return
	}
	r.options.Log.Debugf("audio received: %s %d channels, %d packets, %d lost, %d late; recovered %d, concealed %d, left out %d, "+
		"shortened %d, extended %d samples; delay %d ms, wanted %d ms",
		q.by.Name, q.channels, now.Received-before.Received, now.Lost-before.Lost, now.Late-before.Late,
		now.Recovered-before.Recovered, now.Concealed-before.Concealed, now.Skipped-before.Skipped,
		now.Shortened-before.Shortened, now.Extended-before.Extended, now.Level/48, now.Target/48)
}
