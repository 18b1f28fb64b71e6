package home

import "errors"

// ErrHeld is returned by Lock when another sandbox runs in the folder.
var ErrHeld = errors.New("another sandbox is running in this folder")

// ErrNoSandbox is returned by Purge for a folder in which no sandbox has run.
var ErrNoSandbox = errors.New("no sandbox has run in this folder")

// ErrInUse is returned by Membership.TryExclusive when another command uses the sandbox.
var ErrInUse = errors.New("another command uses the sandbox")
