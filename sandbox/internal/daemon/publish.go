package daemon

import (
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// publication is what the daemon tells the command line about itself.
type publication struct {
	home home.Home

	mu      sync.Mutex
	running home.Running
	public  bool
}

// publish makes the daemon known.
func (p *publication) publish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.public = true
	return p.home.WriteRunning(p.running)
}

// keep makes a daemon that was started for a `sandbox run` one that stays.
func (p *publication) keep() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running.ForRun = false
	if !p.public {
		return nil
	}
	return p.home.WriteRunning(p.running)
}

// withdraw is the end: nothing is written afterwards.
func (p *publication) withdraw() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.public = false
	return p.home.RemoveRunning()
}
