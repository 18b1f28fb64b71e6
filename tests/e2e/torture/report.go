package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// report prints a table, fault by kind of call, of the further runs that were needed, what did not
// converge with the command that repeats it, and the count.
func report(out io.Writer, results []result, o options, took time.Duration) error {
	type cell struct{ cases, failed, most int }
	rows := map[string]map[string]*cell{}
	kinds := map[string]bool{}
	converged := 0
	for _, r := range results {
		kind := r.torment.call.Service
		kinds[kind] = true
		if rows[r.torment.fault] == nil {
			rows[r.torment.fault] = map[string]*cell{}
		}
		c := rows[r.torment.fault][kind]
		if c == nil {
			c = &cell{}
			rows[r.torment.fault][kind] = c
		}
		c.cases++
		c.most = max(c.most, r.runs)
		if r.err != nil {
			c.failed++
			continue
		}
		converged++
	}
	fmt.Fprintf(out, "\nMost further runs that a case needed (number of cases):\n\n%-24s", "fault")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(out, "%16s", kind)
	}
	fmt.Fprintln(out)
	for _, fault := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(out, "%-24s", fault)
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			text := "-"
			if c := rows[fault][kind]; c != nil {
				text = fmt.Sprintf("%d (%d)", c.most, c.cases)
				if c.failed > 0 {
					text = fmt.Sprintf("%d failed (%d)", c.failed, c.cases)
				}
			}
			fmt.Fprintf(out, "%16s", text)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
	missed := 0
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintf(out, "%s\n  %v\n  repeat: make torture ONLY=%s\n", r.torment, r.err, r.torment)
		} else if !r.hit {
			missed++
		}
	}
	if missed > 0 {
		fmt.Fprintf(out, "In %d cases the call did not come.\n", missed)
	}
	fmt.Fprintf(out, "%.0f s, %.1f s a case; seed %d\n", took.Seconds(), took.Seconds()/float64(max(1, len(results))), o.seed)
	fmt.Fprintf(out, "%d of %d converged\n", converged, len(results))
	if converged < len(results) {
		return fmt.Errorf("%d cases did not converge", len(results)-converged)
	}
	return nil
}
