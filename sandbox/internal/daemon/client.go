package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// ErrNotRunning is returned when a command needs a running daemon and there is none.
var ErrNotRunning = errors.New("the sandbox is not running; `sandbox up` starts it")

// Client sends requests to a running daemon.
type Client struct {
	home    home.Home
	Running home.Running
}

// Find returns a client for the daemon that holds the folder.
func Find(h home.Home) (*Client, error) {
	if !h.Held() {
		return nil, ErrNotRunning
	}
	running, err := h.ReadRunning()
	if err != nil {
		return nil, fmt.Errorf("a sandbox holds %s but is not ready yet: %w", h.Dir, err)
	}
	return &Client{home: h, Running: running}, nil
}

// Status returns the resources and the clusters of the sandbox.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	return s, c.call(ctx, http.MethodGet, "/-/status", nil, &s)
}

// Assertion returns a login as the deployer.
func (c *Client) Assertion(ctx context.Context) (Assertion, error) {
	var a Assertion
	return a, c.call(ctx, http.MethodPost, "/-/assertion", nil, &a)
}

// ForgetRelease removes Helm's records of a release whose installation was killed.
func (c *Client) ForgetRelease(ctx context.Context, namespace, name string) error {
	query := url.Values{"namespace": {namespace}, "name": {name}}
	return c.call(ctx, http.MethodPost, "/-/forget-release?"+query.Encode(), nil, nil)
}

// Keep makes a daemon that was started for `sandbox run` keep running after it.
func (c *Client) Keep(ctx context.Context) error {
	if err := c.call(ctx, http.MethodPost, "/-/keep", nil, nil); err != nil {
		return err
	}
	c.Running.ForRun = false
	return nil
}

// Stop stops the daemon and waits until it has released the folder.
func (c *Client) Stop(ctx context.Context) error {
	if err := c.call(ctx, http.MethodPost, "/-/stop", nil, nil); err != nil {
		return err
	}
	return waitUntil(ctx, func() (bool, error) { return !c.home.Held(), nil })
}

// Settings returns what the sandbox's Azure offers.
func (c *Client) Settings(ctx context.Context) (region.Settings, error) {
	var s region.Settings
	err := c.call(ctx, http.MethodGet, "/-/settings", nil, &s)
	return s, err
}

// DeployerActions lists the actions that the deployer has used since the daemon started.
func (c *Client) DeployerActions(ctx context.Context) ([]string, error) {
	var actions []string
	err := c.call(ctx, http.MethodGet, "/-/actions", nil, &actions)
	return actions, err
}

// SetSettings replaces what the sandbox's Azure offers.
func (c *Client) SetSettings(ctx context.Context, s region.Settings) error {
	return c.call(ctx, http.MethodPut, "/-/settings", s, nil)
}

// Strictness lists the rules of the sandbox's Azure.
func (c *Client) Strictness(ctx context.Context) ([]azure.RuleState, error) {
	var list []azure.RuleState
	err := c.call(ctx, http.MethodGet, "/-/strictness", nil, &list)
	return list, err
}

// SetStrictness puts the named inferred rules out of force, and all others in force.
func (c *Client) SetStrictness(ctx context.Context, off []string) error {
	return c.call(ctx, http.MethodPut, "/-/strictness", off, nil)
}

func (c *Client) call(ctx context.Context, method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Running.URL()+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.Running.Token)
	// The daemon is on loopback: the proxy of the user's environment must not get this request.
	client := &http.Client{Transport: &http.Transport{Proxy: nil}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the sandbox (process %d) does not answer: %w", c.Running.PID, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		return fmt.Errorf("the sandbox answered %s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// StartOptions are the settings of the daemon's process.
type StartOptions struct {
	Self   string
	Charts string
	Port   int
	ForRun bool
}

// Start runs a daemon in the background and returns when it is ready. If the daemon ends before
// that, the error has the end of its log, or is home.ErrHeld if another daemon was started first.
func Start(ctx context.Context, h home.Home, o StartOptions) (*Client, error) {
	log, err := clearHome(h)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	began := time.Now()
	cmd := exec.Command(o.Self, "serve", "--home", h.Dir, "--charts", o.Charts, "--port", strconv.Itoa(o.Port), "--for-run="+strconv.FormatBool(o.ForRun))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = h.Dir
	// In a new session, Ctrl-C in the terminal does not stop the daemon.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the daemon: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	var client *Client
	err = waitUntil(ctx, func() (bool, error) {
		select {
		case <-ended:
			if h.Held() {
				return false, home.ErrHeld
			}
			return false, fmt.Errorf("the sandbox did not start:\n%s", tail(h.LogFile(), 15))
		default:
		}
		running, err := h.ReadRunning()
		if err != nil || running.PID != cmd.Process.Pid || running.Started.Before(began) {
			return false, nil // not published yet, or by another daemon
		}
		client = &Client{home: h, Running: running}
		return true, nil
	})
	if err != nil && ctx.Err() != nil {
		cmd.Process.Signal(syscall.SIGTERM)
		return nil, fmt.Errorf("the sandbox was not ready in time:\n%s", tail(h.LogFile(), 15))
	}
	return client, err
}

// clearHome removes the published address of an earlier daemon and returns a new log. It holds the
// lock, so that the address is not that of a running daemon.
func clearHome(h home.Home) (*os.File, error) {
	lock, err := h.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := h.RemoveRunning(); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(h.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the daemon's log: %w", err)
	}
	return log, nil
}

func waitUntil(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func tail(file string, lines int) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return "  " + strings.Join(all[max(0, len(all)-lines):], "\n  ") + "\n(all of it: " + file + ")"
}
