package arm

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Host is the host name of ARM.
const Host = "management.azure.com"

// Audiences are the accepted audiences of access tokens for ARM.
var Audiences = []string{
	"https://management.core.windows.net/", "https://management.core.windows.net",
	"https://management.azure.com/", "https://management.azure.com",
}

// Core holds what the front and all resource providers share.
type Core struct {
	Store          *store.Store
	Authority      token.Authority
	Checker        rbac.Checker
	Now            func() time.Time
	Log            *slog.Logger
	SubscriptionID string
	// Fault delays a long-running operation on a resource or returns the error that ends it, as
	// faults of the sandbox ask for; nil: none.
	Fault func(ctx context.Context, method, id string) error

	types      map[string]*Type
	routes     []route
	used       usedActions
	background context.Context
	stop       context.CancelFunc
	running    sync.WaitGroup
}

// Type describes a resource type, and the operations in which it differs from the defaults of the
// front.
type Type struct {
	Name     string   // full type token, in Azure's case
	Versions []string // api-versions, oldest first
	Taggable bool     // allows PATCH of tags
	// LowerGroup makes the IDs of the type have "resourcegroups" instead of "resourceGroups", as
	// the recorded answers of some providers have.
	LowerGroup bool
	// FlatErrors gives the provider's own errors the form {"code", "details", "message", "subcode"}
	// without "error" around them, as the recorded answers of AKS have.
	FlatErrors bool
	Open       bool // every caller of the tenant may read it at tenant level

	// Render returns a stored resource in the form of the API; nil if there is none.
	Render func(tx *store.Tx, id string) (any, error)
	// Put creates or updates a resource. Without it, PUT is refused with 405.
	Put Handler
	// Get replaces the default, which calls Render, if the request determines what to show
	// ($expand).
	Get Handler
	// Patch replaces the default, which changes the tags of a Taggable type.
	Patch Handler
	// Delete replaces the default, which calls Remove and answers 200, or 204 if the resource does
	// not exist.
	Delete Handler
	// List replaces the default, which renders all resources of the type below the scope.
	List Handler
	// Actions are the handlers of POST, by the lower-case name of the action.
	Actions map[string]Handler
	// Remove removes a resource and everything that depends on it, when it or its group is deleted.
	// Without it, the stored tree is removed.
	Remove func(ctx context.Context, id string) error
	// Exists replaces the default, which looks for a stored resource.
	Exists func(tx *store.Tx, id string) (bool, error)
	// ParentMissing replaces ARM's error for a child resource whose parent does not exist.
	ParentMissing func(parent string) *Error
	// CheckListed refuses values that an enumeration of the specification does not list although it
	// may grow (modelAsString).
	CheckListed bool
	// Violation replaces the error for a body that the specification does not allow; nil leaves the
	// refusal to Put.
	Violation func(r *Request, v specs.Violation) *Error
	// Missing replaces ARM's 404 of a GET.
	Missing func(id resource.ID) *Error
}

// Request is a request that the front has authenticated, authorised and validated.
type Request struct {
	*http.Request
	ID     resource.ID
	Type   *Type
	Caller token.Claims
	Vars   map[string]string // variables of a Route, by their names in its pattern
}

// Version returns the api-version.
func (r *Request) Version() string { return r.URL.Query().Get("api-version") }

// Response is the response of a handler. It has no body if Body is nil.
type Response struct {
	Status int
	Body   any
	Header http.Header
}

// Handler serves one operation on one type.
type Handler func(*Request) (Response, error)

type route struct {
	method   string
	segments []string
	action   string
	versions []string
	handle   Handler
}

// Start initialises the core. It must be called once, before all other methods.
func (c *Core) Start() {
	c.types = make(map[string]*Type)
	c.background, c.stop = context.WithCancel(context.Background())
}

// Stop cancels background work and waits for its end. Resume continues the interrupted operations.
func (c *Core) Stop() {
	c.stop()
	c.running.Wait()
}

// Go runs f in the background until Stop.
func (c *Core) Go(f func(ctx context.Context)) {
	c.running.Add(1)
	go func() {
		defer c.running.Done()
		f(c.background)
	}()
}

// Register adds resource types.
func (c *Core) Register(types ...Type) {
	for _, t := range types {
		c.types[strings.ToLower(t.Name)] = &t
	}
}

// Route adds a path that does not name a resource of a registered type, such as an action on a
// subscription. Segments in braces match any text and become Vars. The action is the one that the
// caller must be allowed at the subscription; with "", every caller of the tenant is allowed.
func (c *Core) Route(method, pattern, action string, versions []string, handle Handler) {
	c.routes = append(c.routes, route{method, strings.Split(strings.Trim(pattern, "/"), "/"), action, versions, handle})
}

func (c *Core) typeOf(name string) (*Type, bool) {
	t, ok := c.types[strings.ToLower(name)]
	return t, ok
}

// Exists reports whether a scope or resource exists.
func (c *Core) Exists(tx *store.Tx, scope string) (bool, error) {
	id, err := resource.ParseID(scope)
	if err != nil || (id.Collection() && scope != "/" && scope != "") {
		return false, nil
	}
	if id.Namespace == "" {
		return true, nil // the tenant
	}
	if strings.EqualFold(id.Type(), resource.TypeSubscription) {
		return strings.EqualFold(id.Name(), c.SubscriptionID), nil
	}
	if t, ok := c.typeOf(id.Type()); ok && t.Exists != nil {
		return t.Exists(tx, scope)
	}
	return resource.Exists(tx, scope)
}

// Remove removes a resource of any type.
func (c *Core) Remove(ctx context.Context, id string) error {
	parsed, err := resource.ParseID(id)
	if err != nil {
		return err
	}
	if t, ok := c.typeOf(parsed.Type()); ok && t.Remove != nil {
		return t.Remove(ctx, id)
	}
	err = c.Store.Update(func(tx *store.Tx) error { return resource.RemoveTree(tx, id) })
	if err != nil {
		return fmt.Errorf("remove %s: %w", id, err)
	}
	return nil
}

// NewHeader returns the header of a new resource, or the updated header of an existing one. Name
// and ID keep the case of the first request.
func (c *Core) NewHeader(have *resource.Header, r *Request, location string, tags map[string]string) resource.Header {
	now := c.Now().UTC()
	h := resource.Header{
		ID: r.Type.canonicalID(r.ID), Name: r.ID.Name(), Type: r.Type.Name, Location: location, Tags: tags,
		State: resource.Succeeded, Created: now, Changed: now, CreatedBy: r.Caller.AppID, ChangedBy: r.Caller.AppID,
	}
	if have != nil {
		h.ID, h.Name, h.Created, h.CreatedBy = have.ID, have.Name, have.Created, have.CreatedBy
	}
	return h
}

// canonicalID returns the ID with the fixed segments and type names in the type's case.
func (t *Type) canonicalID(id resource.ID) string {
	canonical := CanonicalID(id, t.Name)
	if t.LowerGroup {
		return LowerGroup(canonical)
	}
	return canonical
}

// LowerGroup returns the ID with the segment "resourcegroups" in lower case, in the scope only.
func LowerGroup(id string) string {
	return strings.Replace(id, "/resourceGroups/", "/resourcegroups/", 1)
}

// CanonicalID returns the ID with the fixed segments and type names in the case that most providers
// answer with.
func CanonicalID(id resource.ID, typeName string) string {
	namespace, types, _ := strings.Cut(typeName, "/")
	var b strings.Builder
	switch {
	case id.ResourceGroup != "" && !strings.Contains(strings.ToLower(id.Scope), "/providers/"):
		b.WriteString("/subscriptions/" + id.Subscription + "/resourceGroups/" + id.ResourceGroup)
	default:
		b.WriteString(id.Scope)
	}
	if strings.EqualFold(typeName, resource.TypeGroup) {
		return "/subscriptions/" + id.Subscription + "/resourceGroups/" + id.Name()
	}
	b.WriteString("/providers/" + namespace)
	for i, t := range strings.Split(types, "/") {
		b.WriteString("/" + t + "/" + id.Names[i])
	}
	return b.String()
}

// SystemData is the metadata block of newer APIs.
type SystemData struct {
	CreatedBy          string    `json:"createdBy"`
	CreatedByType      string    `json:"createdByType"`
	CreatedAt          time.Time `json:"createdAt"`
	LastModifiedBy     string    `json:"lastModifiedBy"`
	LastModifiedByType string    `json:"lastModifiedByType"`
	LastModifiedAt     time.Time `json:"lastModifiedAt"`
}

// System returns the systemData of a resource. Every caller of the sandbox is an application.
func System(h resource.Header) *SystemData {
	return &SystemData{
		CreatedBy: h.CreatedBy, CreatedByType: "Application", CreatedAt: h.Created,
		LastModifiedBy: h.ChangedBy, LastModifiedByType: "Application", LastModifiedAt: h.Changed,
	}
}
