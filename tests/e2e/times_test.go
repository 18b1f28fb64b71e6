package e2e

import (
	"cmp"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// times are the commands that tests have run.
var times stopwatch

type stopwatch struct {
	mu    sync.Mutex
	spent []spent
}

type spent struct {
	function, command string
	runs              int
	wall, cpu         time.Duration
}

// note adds a command that has ended.
func (s *stopwatch) note(test string, cmd *exec.Cmd, wall time.Duration) {
	function, _, _ := strings.Cut(test, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent = append(s.spent, spent{
		function: function, command: title(cmd.Args), runs: 1,
		// With the children that the command waited for: the sandbox's own processes are not among
		// them.
		wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
	})
}

// title returns program and first argument, of the command itself where it runs in the sandbox.
func title(args []string) string {
	if len(args) > 3 && args[1] == "run" && args[2] == "--" {
		args = args[3:]
	}
	return strings.Join(append([]string{filepath.Base(args[0])}, args[1:min(2, len(args))]...), " ")
}

// print writes where the time went: by function, and by kind of command.
func (s *stopwatch) print(out io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for _, by := range []struct {
		title string
		key   func(spent) string
	}{
		{"function", func(s spent) string { return s.function }},
		{"command", func(s spent) string { return s.command }},
	} {
		fmt.Fprintf(table, "\n%s\tcommands\tseconds\tCPU seconds\n", by.title)
		for _, row := range totals(s.spent, by.key) {
			fmt.Fprintf(table, "%s\t%d\t%.0f\t%.0f\n", by.key(row), row.runs, row.wall.Seconds(), row.cpu.Seconds())
		}
	}
}

// totals adds up what has the same key, the longest first.
func totals(all []spent, key func(spent) string) []spent {
	sums := map[string]spent{}
	for _, one := range all {
		sum, ok := sums[key(one)]
		if !ok {
			sums[key(one)] = one
			continue
		}
		sum.runs++
		sum.wall += one.wall
		sum.cpu += one.cpu
		sums[key(one)] = sum
	}
	var rows []spent
	for _, row := range sums {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b spent) int { return cmp.Compare(b.wall, a.wall) })
	return rows
}
