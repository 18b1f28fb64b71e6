package engine

import (
	"context"
	"testing"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	lt "github.com/pulumi/pulumi/pkg/v3/engine/lifecycletest/framework"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// resourceGroup is there before every program.
const resourceGroup = "platform"

// parallel is how many steps the engine runs at the same time: enough that nothing is in order by
// accident.
const parallel = 32

// stack is a Pulumi stack whose state is kept in memory.
type stack struct {
	t     *testing.T
	world *fake.World
	state *deploy.Snapshot
	// config is the configuration of the stack, by namespace and key.
	config map[string]string
}

func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{t: t, world: fake.NewWorld(resourceGroup)}
	s.world.Interfere = hold
	return s
}

// hold makes a write of a federated credential last long enough for another one to run into it.
func hold(op fake.Op) error {
	if op.Owner != "" {
		time.Sleep(time.Millisecond)
	}
	return nil
}

// up previews and runs a program, and returns the steps of the update.
func (s *stack) up(program pulumi.RunFunc) steps {
	s.t.Helper()
	s.preview(program)
	done, err := s.run(engine.Update, program, false)
	if err != nil {
		s.t.Fatalf("up: %v", err)
	}
	return done
}

// preview returns the steps that an update would take.
func (s *stack) preview(program pulumi.RunFunc) steps {
	s.t.Helper()
	planned, err := s.run(engine.Update, program, true)
	if err != nil {
		s.t.Fatalf("preview: %v", err)
	}
	return planned
}

// fail runs an update that has to fail, and returns its error.
func (s *stack) fail(program pulumi.RunFunc) error {
	s.t.Helper()
	_, err := s.run(engine.Update, program, false)
	if err == nil {
		s.t.Fatal("the update did not fail")
	}
	return err
}

// destroy deletes everything.
func (s *stack) destroy() steps {
	s.t.Helper()
	done, err := s.run(engine.Destroy, nothing, false)
	if err != nil {
		s.t.Fatalf("destroy: %v", err)
	}
	if n := len(s.state.Resources); n != 0 {
		s.t.Errorf("%d resources are left in the state", n)
	}
	return done
}

// failToDestroy runs a destroy that has to fail, and returns its error.
func (s *stack) failToDestroy() error {
	s.t.Helper()
	_, err := s.run(engine.Destroy, nothing, false)
	if err == nil {
		s.t.Fatal("the destroy did not fail")
	}
	return err
}

// refresh reads every resource again, and returns the steps of the refresh.
func (s *stack) refresh() steps {
	s.t.Helper()
	done, err := s.run(engine.Refresh, nothing, false)
	if err != nil {
		s.t.Fatalf("refresh: %v", err)
	}
	return done
}

// failToRefresh runs a refresh that has to fail, and returns its error.
func (s *stack) failToRefresh() error {
	s.t.Helper()
	_, err := s.run(engine.Refresh, nothing, false)
	if err == nil {
		s.t.Fatal("the refresh did not fail")
	}
	return err
}

func nothing(*pulumi.Context) error { return nil }

// run runs one operation of the engine. Its log of operations starts empty.
func (s *stack) run(op lt.TestOp, program pulumi.RunFunc, preview bool) (steps, error) {
	s.t.Helper()
	s.world.Forget()
	plan := &lt.TestPlan{Project: "shop", Stack: "dev"}
	var done steps
	after, err := op.RunStep(plan.GetProject(), plan.GetTarget(s.t, s.state), lt.TestUpdateOptions{
		T: s.t, SkipDisplayTests: true, HostF: s.host(program),
		UpdateOptions: engine.UpdateOptions{Parallel: parallel},
	}, preview, nil, func(_ workspace.Project, _ deploy.Target, _ engine.JournalEntries, events []engine.Event, err error) error {
		done = stepsOf(events)
		return err
	}, "")
	if !preview && after != nil {
		s.state = after
	}
	return done, err
}

// host makes the plugin host of one operation. The program needs the host's address, to which the
// SDK logs.
func (s *stack) host(program pulumi.RunFunc) deploytest.PluginHostFactory {
	return func() plugin.Host {
		var host plugin.Host
		runtime := deploytest.NewLanguageRuntime(func(info plugin.RunInfo, _ *deploytest.ResourceMonitor) error {
			ctx, err := pulumi.NewContext(context.Background(), pulumi.RunInfo{ //nolint:usetesting // outlives the test's context
				Project: info.Project, Stack: info.Stack, Parallel: info.Parallel, DryRun: info.DryRun, Config: s.config,
				MonitorAddr: info.MonitorAddress, EngineAddr: host.ServerAddr(),
			})
			if err != nil {
				return err
			}
			return pulumi.RunWithContext(ctx, program)
		})
		host = deploytest.NewPluginHost(&deploytest.NoopSink{}, &deploytest.NoopSink{}, runtime, s.world.Loader())
		return host
	}
}
