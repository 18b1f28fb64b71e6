package cli

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Intervals between two reports of progress. Nothing is reported before the first has passed, so
// that short runs stay silent. A log keeps every line and gets few; it gets some, because CI
// systems end jobs that print nothing for minutes, and a run with --retry-for may wait that long.
const (
	terminalInterval = time.Second
	logInterval      = 30 * time.Second
)

// progress reports how many federations are checked: on a terminal in one line that is overwritten
// and removed at the end, elsewhere in a line every 30 seconds.
type progress struct {
	out      io.Writer
	terminal bool
	total    int
	done     atomic.Int64

	ended   chan struct{}
	running sync.WaitGroup
}

// startProgress reports the progress of total checks on out, until end is called.
func startProgress(out io.Writer, terminal bool, total int) *progress {
	p := &progress{out: out, terminal: terminal, total: total, ended: make(chan struct{})}
	p.running.Go(p.report)
	return p
}

// add counts one more federation as checked.
func (p *progress) add() { p.done.Add(1) }

// end stops the reports and removes the terminal's line.
func (p *progress) end() {
	close(p.ended)
	p.running.Wait()
}

func (p *progress) report() {
	interval, format, last := logInterval, "%d of %d federations checked\n", ""
	if p.terminal {
		// "\r\x1b[K" goes to the line's begin and clears it.
		interval, format, last = terminalInterval, "\r\x1b[K%d of %d federations checked", "\r\x1b[K"
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for reported := false; ; reported = true {
		select {
		case <-p.ended:
			if reported {
				_, _ = io.WriteString(p.out, last)
			}
			return
		case <-ticker.C:
			_, _ = fmt.Fprintf(p.out, format, p.done.Load(), p.total)
		}
	}
}
