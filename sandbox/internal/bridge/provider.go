package bridge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// defaultTimeout limits one operation if the program sets no timeout; azure-native has the same two
// hours.
const defaultTimeout = 2 * time.Hour

// Provider implements the engine's protocol for a Package.
type Provider struct {
	plugin.UnimplementedProvider

	pkg       Package
	version   semver.Version
	resources map[string]*Resource
	functions map[string]*Function
	log       *engineLog
	journal   *Journal

	running context.Context // ends when the engine cancels the operations
	cancel  context.CancelFunc

	mu        sync.Mutex
	owners    map[string]resource.URN // URN of the program's resource, by lower-case ID
	names     map[resource.URN]string // name in the engine's state
	takenOver map[string]bool         // lower-case IDs that this run took over
}

var _ plugin.GrpcProvider = (*Provider)(nil)

// New returns a provider for a package.
func New(pkg Package) *Provider {
	p := &Provider{
		pkg: pkg, version: pkg.Version,
		resources: map[string]*Resource{}, functions: map[string]*Function{},
		log: &engineLog{}, journal: NewJournal(pkg.JournalDir),
		owners: map[string]resource.URN{}, takenOver: map[string]bool{}, names: map[resource.URN]string{},
	}
	p.running, p.cancel = context.WithCancel(context.Background())
	for _, r := range pkg.Resources {
		for _, token := range r.Tokens {
			p.resources[token] = r
		}
	}
	for _, f := range pkg.Functions {
		p.functions[f.Token] = f
	}
	return p
}

// Package returns the description that the provider was created from.
func (p *Provider) Package() Package { return p.pkg }

// Handshake connects to the engine's log and returns the provider's capabilities. As the real
// providers it does not accept secrets: the engine sends the values alone, and marks what the
// program has marked in the answers.
func (p *Provider) Handshake(
	_ context.Context, req plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	if err := p.log.connect(req.EngineAddress); err != nil {
		return nil, err
	}
	return &plugin.ProviderHandshakeResponse{SupportsAutonamingConfiguration: true}, nil
}

// Attach connects to the engine's log, for a provider that was running before the engine
// (PULUMI_DEBUG_PROVIDERS).
func (p *Provider) Attach(address string) error { return p.log.connect(address) }

// SignalCancellation cancels the running operations. Those that a service has accepted return a
// partial state.
func (p *Provider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

// Close cancels the running operations and closes the connection to the engine.
func (p *Provider) Close() error {
	p.cancel()
	return p.log.close()
}

// GetPluginInfo returns the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	v := p.version
	return plugin.PluginInfo{Version: &v}, nil
}

// GetMapping returns nothing, because there is no Terraform provider behind this one.
func (p *Provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

// lookup returns a resource type. The error lists the known types.
func (p *Provider) lookup(token string) (*Resource, error) {
	if r, ok := p.resources[token]; ok {
		return r, nil
	}
	known := make([]string, 0, len(p.pkg.Resources))
	for _, r := range p.pkg.Resources {
		known = append(known, r.Token())
	}
	slices.Sort(known)
	return nil, fmt.Errorf("the sandbox's %s provider does not support the resource type %s; it supports %s",
		p.pkg.Name, token, strings.Join(known, ", "))
}

// function returns a function. The error lists the known functions.
func (p *Provider) function(token string) (*Function, error) {
	if f, ok := p.functions[token]; ok {
		return f, nil
	}
	known := make([]string, 0, len(p.pkg.Functions))
	for _, f := range p.pkg.Functions {
		known = append(known, f.Token)
	}
	slices.Sort(known)
	return nil, fmt.Errorf("the sandbox's %s provider does not support the function %s; it supports %s",
		p.pkg.Name, token, strings.Join(known, ", "))
}

// operation returns the context of one call to the service: it ends with the engine's request, with
// a cancellation, and after the resource's custom timeout (in seconds; zero: two hours).
func (p *Provider) operation(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	limit := defaultTimeout
	if seconds > 0 {
		limit = time.Duration(seconds * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	stop := context.AfterFunc(p.running, cancel)
	return ctx, func() { stop(); cancel() }
}

// setOwner records that a resource of this program has the ID.
func (p *Provider) setOwner(id string, urn resource.URN) {
	if id == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owners[strings.ToLower(id)] = urn
}

func (p *Provider) removeOwner(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.owners, strings.ToLower(id))
}

// setKnownName records the name of a resource in the engine's state.
func (p *Provider) setKnownName(urn resource.URN, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[urn] = name
}

func (p *Provider) knownName(urn resource.URN) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[urn]
}

// setTakenOver records that this run took a resource over.
func (p *Provider) setTakenOver(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.takenOver[strings.ToLower(id)] = true
}

func (p *Provider) isTakenOver(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.takenOver[strings.ToLower(id)]
}

func (p *Provider) hasOwner(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.owners[strings.ToLower(id)]
	return ok
}
