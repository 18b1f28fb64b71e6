// Command torture deploys one cluster and twelve workloads to the sandbox again and again, each
// time with one fault at one of the calls that change something, and checks that repeating the
// deployment ends in the state of a deployment without a fault. `make torture` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	n := flag.Int("n", 200, "number of cases; 0: every fault at every call")
	seed := flag.Uint64("seed", 1, "seed of the sample")
	only := flag.String("only", "", "run this case, as a line of the report names it")
	parallel := flag.Int("parallel", max(1, min(2, runtime.NumCPU())), "number of sandboxes at a time")
	workloads := flag.Int("workloads", 12, "number of workloads in the stack")
	keep := flag.Bool("keep", false, "keep the folder with logs, states and sandboxes")
	flag.Parse()
	if err := torture(ctx, options{n: *n, seed: *seed, only: *only, parallel: *parallel, workloads: *workloads, keep: *keep}); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

type options struct {
	n         int
	seed      uint64
	only      string
	parallel  int
	workloads int
	keep      bool
}

func torture(ctx context.Context, o options) error {
	root, err := os.MkdirTemp("", "torture")
	if err != nil {
		return err
	}
	if o.keep {
		fmt.Println("Folder:", root)
	} else {
		defer os.RemoveAll(root)
	}
	first, err := newWorld(root, "0", o.workloads)
	if err != nil {
		return err
	}
	defer first.close()
	reference, err := first.reference(ctx)
	if err != nil {
		return fmt.Errorf("the deployment without a fault: %w", err)
	}
	cases, err := choose(reference.calls, o)
	if err != nil {
		return err
	}
	fmt.Printf("%d calls change something; %d cases, seed %d, %d at a time.\n\n", len(reference.calls), len(cases), o.seed, o.parallel)

	queue := make(chan int)
	results := make([]result, len(cases))
	var wait sync.WaitGroup
	var shown sync.Mutex
	began, done := time.Now(), 0
	for worker := range o.parallel {
		w := first
		if worker > 0 {
			if w, err = newWorld(root, fmt.Sprint(worker), o.workloads); err != nil {
				return err
			}
			defer w.close()
		}
		wait.Go(func() {
			for i := range queue {
				results[i] = w.run(ctx, cases[i], reference)
				shown.Lock()
				done++
				fmt.Printf("%3d/%d %s\n", done, len(cases), results[i].line())
				shown.Unlock()
			}
		})
	}
	for i := range cases {
		if ctx.Err() != nil {
			break
		}
		queue <- i
	}
	close(queue)
	wait.Wait()
	return report(os.Stdout, results, o, time.Since(began))
}

// choose returns the cases: the named one, or a seeded sample of every fault at every call.
func choose(calls []call, o options) ([]torment, error) {
	all := cases(calls)
	if o.only != "" {
		for _, c := range all {
			if c.String() == o.only {
				return []torment{c}, nil
			}
		}
		return nil, fmt.Errorf("there is no case %q; the report's lines name them", o.only)
	}
	if o.n == 0 || o.n >= len(all) {
		return all, nil
	}
	random := rand.New(rand.NewPCG(o.seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	sample := all[:o.n]
	slices.SortStableFunc(sample, func(a, b torment) int { return a.index - b.index })
	return sample, nil
}
