package bridge

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// defaultTimeout bounds one operation if the program sets none; azure-native uses the same two hours.
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

	running context.Context // ends when the engine cancels
	cancel  context.CancelFunc

	mu      sync.Mutex
	owned   map[string]resource.URN // lower-cased id -> the resource of this program that has it
	names   map[resource.URN]string // the names that the engine knows resources by
	adopted map[string]bool         // lower-cased ids that this run took over from an interrupted one
}

var _ plugin.GrpcProvider = (*Provider)(nil)

// New returns a provider for a package.
func New(pkg Package) *Provider {
	p := &Provider{
		pkg: pkg, version: pkg.Version,
		resources: map[string]*Resource{}, functions: map[string]*Function{},
		log: &engineLog{}, journal: NewJournal(pkg.JournalDir),
		owned: map[string]resource.URN{}, adopted: map[string]bool{}, names: map[resource.URN]string{},
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

// Package returns what the provider was made from.
func (p *Provider) Package() Package { return p.pkg }

// Handshake tells the engine what this provider can do and takes its address for messages.
func (p *Provider) Handshake(
	_ context.Context, req plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	if err := p.log.connect(req.EngineAddress); err != nil {
		return nil, err
	}
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

// Attach takes the engine's address, for a provider that was already running (PULUMI_DEBUG_PROVIDERS).
func (p *Provider) Attach(address string) error { return p.log.connect(address) }

// SignalCancellation stops every operation under way. Those that were accepted report a partial state.
func (p *Provider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

// Close ends the provider.
func (p *Provider) Close() error {
	p.cancel()
	return p.log.close()
}

// GetPluginInfo returns the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	v := p.version
	return plugin.PluginInfo{Version: &v}, nil
}

// GetMapping returns none: there is no Terraform provider behind this one.
func (p *Provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

// lookup finds a resource type, or returns an error that names the types there are.
func (p *Provider) lookup(token string) (*Resource, error) {
	if r, ok := p.resources[token]; ok {
		return r, nil
	}
	known := make([]string, 0, len(p.pkg.Resources))
	for _, r := range p.pkg.Resources {
		known = append(known, r.Token())
	}
	sort.Strings(known)
	return nil, fmt.Errorf("the sandbox's %s provider does not know the resource type %s; it knows %s",
		p.pkg.Name, token, strings.Join(known, ", "))
}

func (p *Provider) function(token string) (*Function, error) {
	if f, ok := p.functions[token]; ok {
		return f, nil
	}
	known := make([]string, 0, len(p.pkg.Functions))
	for _, f := range p.pkg.Functions {
		known = append(known, f.Token)
	}
	sort.Strings(known)
	return nil, fmt.Errorf("the sandbox's %s provider does not know the function %s; it knows %s",
		p.pkg.Name, token, strings.Join(known, ", "))
}

// operation returns the context of one call to the service: it ends with the engine's request, with a cancellation,
// and after the resource's custom timeout (in seconds; zero: two hours).
func (p *Provider) operation(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	limit := defaultTimeout
	if seconds > 0 {
		limit = time.Duration(seconds * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	stop := context.AfterFunc(p.running, cancel)
	return ctx, func() { stop(); cancel() }
}

// own notes that a resource of this program has the id.
func (p *Provider) own(id string, urn resource.URN) {
	if id == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owned[strings.ToLower(id)] = urn
}

func (p *Provider) disown(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.owned, strings.ToLower(id))
}

// learn notes the name that the engine knows a resource by.
func (p *Provider) learn(urn resource.URN, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[urn] = name
}

func (p *Provider) knownName(urn resource.URN) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[urn]
}

// adopt notes that this run took a resource over.
func (p *Provider) adopt(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.adopted[strings.ToLower(id)] = true
}

func (p *Provider) isAdopted(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.adopted[strings.ToLower(id)]
}

func (p *Provider) isOwned(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.owned[strings.ToLower(id)]
	return ok
}
