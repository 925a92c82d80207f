package rtc

import "errors"

// The kinds of errors that methods return. Each error wraps one of them and says what
// failed, with which value, and what to do about it.
var (
	ErrInvalidParam = errors.New("invalid parameter")
	ErrIllegalState = errors.New("illegal state")
	ErrLimit        = errors.New("limit reached")
	ErrClosed       = errors.New("closed")
)
