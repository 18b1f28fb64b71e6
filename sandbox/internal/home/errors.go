package home

import "errors"

// ErrHeld is returned by Lock when another sandbox runs in the folder.
var ErrHeld = errors.New("another sandbox runs in this folder")
