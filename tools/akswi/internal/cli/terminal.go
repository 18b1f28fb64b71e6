package cli

import (
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether a stream, an io.Reader or io.Writer, is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// canControl reports whether a stream is a terminal that understands escape sequences.
func canControl(stream any) bool { return isTerminal(stream) && os.Getenv("TERM") != "dumb" }

// useColour reports whether output may be coloured: on a terminal, unless NO_COLOR is set
// (https://no-color.org).
func useColour(stream any) bool { return canControl(stream) && os.Getenv("NO_COLOR") == "" }
