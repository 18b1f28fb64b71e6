package daemon

import (
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// publication is what the daemon publishes about itself for the command line.
type publication struct {
	home home.Home

	mu      sync.Mutex
	running home.Running
	public  bool
}

// publish writes the daemon's address to the folder.
func (p *publication) publish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.public = true
	return p.home.WriteRunning(p.running)
}

// keep publishes that a daemon which was started for `sandbox run` keeps running after it.
func (p *publication) keep() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running.ForRun = false
	if !p.public {
		return nil
	}
	return p.home.WriteRunning(p.running)
}

// withdraw removes the address. Nothing is written afterwards.
func (p *publication) withdraw() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.public = false
	return p.home.RemoveRunning()
}
