package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

const (
	// retryDelay is the time between two checks of what a container still lacks.
	retryDelay = time.Second
	// The delay between restarts of a container. A kubelet's is 10 s to 5 min, which is too long
	// for debugging in a sandbox.
	firstBackOff = time.Second
	lastBackOff  = 30 * time.Second
	// stableAfter is the duration of a run after which the delay is firstBackOff again.
	stableAfter = time.Minute
	// stopGrace is the longest time that a process has to end, even if the pod's grace period is
	// longer: the webhook has nothing to finish.
	stopGrace = 5 * time.Second
	// readinessInterval is the time between two readiness requests until the first success. The
	// probe's own initial delay and period would delay every deployment by 5 s.
	readinessInterval = 100 * time.Millisecond
)

// runner runs one pod's process until it is stopped, as a kubelet runs a container with
// restartPolicy Always.
type runner struct {
	agent *Agent
	pod   *corev1.Pod
	ip    string
	dir   string

	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	ports map[int]int // local port by the pod's port, while the process runs
	pid   int
	state string
	ready bool // as last published
}

func startRunner(a *Agent, pod *corev1.Pod, ip string) *runner {
	ctx, cancel := context.WithCancel(context.Background())
	pod = pod.DeepCopy()
	pod.Status.PodIP = ip // for fieldRef
	r := &runner{
		agent: a, pod: pod, ip: ip, dir: filepath.Join(a.options.Pods, string(pod.UID)),
		cancel: cancel, done: make(chan struct{}), state: reasonCreating,
	}
	go r.run(ctx)
	return r
}

// stop ends the process and returns when it has ended. It may be called again.
func (r *runner) stop() {
	r.cancel()
	<-r.done
}

func (r *runner) local(port int) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.ports[port]
	return loopback(p), ok
}

func (r *runner) process() Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Process{Name: podKey(r.pod).String(), PID: r.pid, State: r.state}
}

func (r *runner) isReady() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ready
}

func (r *runner) container() *corev1.Container { return &r.pod.Spec.Containers[0] }

func (r *runner) run(ctx context.Context) {
	defer close(r.done)
	defer r.cleanUp()
	var volumes volumeSync
	defer volumes.stop()

	state := containerState{restarts: earlierRestarts(r.pod)}
	backOff := firstBackOff
	for ctx.Err() == nil {
		launch, err := r.prepare(ctx, &volumes)
		if err != nil {
			r.wait(ctx, state, err)
			continue
		}
		started := time.Now()
		child, err := supervise.Start(launch.spec)
		if err != nil {
			r.wait(ctx, state, &waiting{reasonRunError, err.Error()})
			continue
		}
		r.watch(ctx, child, launch, &state)
		if ctx.Err() != nil {
			return
		}

		if time.Since(started) >= stableAfter {
			backOff = firstBackOff
		}
		state.restarts++
		state.ready = false
		state.last = &corev1.ContainerStateTerminated{
			ExitCode: int32(child.ExitCode()), Reason: "Error", Message: fmt.Sprintf("log: %s", launch.spec.LogFile),
			StartedAt: metav1.NewTime(started), FinishedAt: metav1.Now(), ContainerID: state.id,
		}
		crash := state
		crash.waiting = &waiting{reasonCrashLoop, fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
			backOff, r.container().Name, r.pod.Name, r.pod.Namespace, r.pod.UID)}
		r.publish(ctx, crash)
		sleep(ctx, backOff)
		backOff = min(2*backOff, lastBackOff)
	}
}

// wait writes the reason why the container does not run yet into the status, and waits for a
// change.
func (r *runner) wait(ctx context.Context, state containerState, err error) {
	var w *waiting
	if !errors.As(err, &w) {
		w = &waiting{reasonCreating, err.Error()}
	}
	state.waiting = w
	r.publish(ctx, state)
	sleep(ctx, retryDelay)
}

// watch runs while the process runs, until ctx is done. It sends the probes' requests, updates the
// status, and renews the token.
func (r *runner) watch(ctx context.Context, child *supervise.Child, l launch, state *containerState) {
	defer child.Stop(r.grace())
	r.set(l.ports, child.PID(), string(supervise.Running))
	// The ports are removed before the process is stopped, so that it gets no new connections.
	defer r.set(nil, child.PID(), reasonCrashLoop)

	state.waiting, state.ready = nil, false
	state.startedAt = metav1.Now()
	state.id = fmt.Sprintf("sandbox://%s-%d", r.pod.UID, child.PID())
	r.publish(ctx, *state)

	readiness := time.NewTimer(0)
	defer readiness.Stop()
	liveness := time.NewTimer(l.liveness.initialDelay() + l.liveness.period())
	defer liveness.Stop()
	token := time.NewTimer(time.Until(l.renew))
	defer token.Stop()
	unready, dead := 0, 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-child.Done():
			return
		case <-token.C:
			token.Reset(time.Until(r.renewToken(ctx, l)))
		case <-readiness.C:
			if l.readiness.ok(ctx) {
				unready = 0
				r.setReady(ctx, state, true)
				readiness.Reset(l.readiness.period())
				continue
			}
			if !state.ready {
				readiness.Reset(readinessInterval)
				continue
			}
			if unready++; unready >= l.readiness.failures() {
				r.setReady(ctx, state, false)
			}
			readiness.Reset(l.readiness.period())
		case <-liveness.C:
			liveness.Reset(l.liveness.period())
			if l.liveness.ok(ctx) {
				dead = 0
			} else if dead++; dead >= l.liveness.failures() {
				r.agent.log.Warn("liveness probe failed; restarting", "pod", podKey(r.pod))
				return
			}
		}
	}
}

// renewToken renews the token and returns when to renew it again: soon, if it failed.
func (r *runner) renewToken(ctx context.Context, l launch) time.Time {
	renew, err := writeToken(ctx, r.agent.client, r.pod, l.tokenFile)
	if err != nil {
		r.agent.log.Warn("token not renewed", "pod", podKey(r.pod), "error", err)
		return time.Now().Add(10 * retryDelay)
	}
	return renew
}

func (r *runner) set(ports map[int]int, pid int, state string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ports, r.pid, r.state = ports, pid, state
}

func (r *runner) setReady(ctx context.Context, state *containerState, ready bool) {
	if state.ready == ready {
		return
	}
	state.ready = ready
	r.publish(ctx, *state)
}

// publish writes the pod's status, and retries until it is written.
func (r *runner) publish(ctx context.Context, state containerState) {
	for ctx.Err() == nil {
		// The pod is read from the API server, because the informer may not have the last write
		// yet.
		pod, err := r.agent.client.CoreV1().Pods(r.pod.Namespace).Get(ctx, r.pod.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && pod.UID != r.pod.UID {
			return
		}
		if err == nil {
			err = r.agent.setStatus(ctx, pod, r.ip, containerStates{r.container().Name: state})
		}
		if err == nil {
			r.mu.Lock()
			r.ready = state.ready
			r.mu.Unlock()
			return
		}
		r.agent.log.Debug("status not written", "pod", podKey(r.pod), "error", err)
		sleep(ctx, retryDelay)
	}
}

func (r *runner) grace() time.Duration {
	if s := r.pod.Spec.TerminationGracePeriodSeconds; s != nil {
		return min(time.Duration(*s)*time.Second, stopGrace)
	}
	return stopGrace
}

// earlierRestarts returns the number of restarts under earlier daemons. A container that ran when
// the daemon ended counts as restarted.
func earlierRestarts(pod *corev1.Pod) int32 {
	if len(pod.Status.ContainerStatuses) == 0 {
		return 0
	}
	c := pod.Status.ContainerStatuses[0] // a pod that runs here has one container
	if c.State.Running != nil {
		return c.RestartCount + 1
	}
	return c.RestartCount
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
