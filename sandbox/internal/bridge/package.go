// Package bridge is what the two stand-in Pulumi providers share: it answers the engine's protocol for a table of
// resource types, and leaves the calls to Azure to each type's Ops.
//
// The behaviour follows pulumi-azure-native v2: inputs are compared with inputs, a path parameter or a property that
// Azure cannot change in place asks for a replacement, a randomly named resource is created before its predecessor is
// deleted, and a refresh carries into the inputs only what changed in Azure since the last update. Two things are
// stricter on purpose: a property that does not exist is an error rather than ignored, and a type that is not in the
// table is an error that names those that are.
package bridge

import (
	"context"
	"errors"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// Package is one provider: a name, a version and what it knows.
type Package struct {
	Name    string         // as in the token's first part: azure-native
	Version semver.Version // reported to the engine; the SDK asks for exactly this one
	// Config names the settings of the provider (the SDK's ProviderArgs). Others are refused.
	Config *schema.Type
	// Configure takes the settings, as text, before any other call. Secrets come in clear.
	Configure func(ctx context.Context, config map[string]string) error
	// DefaultLocation returns the region for a resource that names none. The resource group's name is empty if the
	// type has none. An empty answer without an error means that there is no default.
	DefaultLocation func(ctx context.Context, resourceGroup string) (string, error)
	Resources       []*Resource
	Functions       []*Function
	// JournalDir is a folder to note begun creations in; see Journal. Empty: none are noted.
	JournalDir string
}

// Resource is one resource type as the engine sees it.
type Resource struct {
	Tokens  []string     // the type's token, then those that mean the same
	Inputs  *schema.Type // from the SDK's args struct
	Outputs *schema.Type // from the SDK's resource struct
	// Required names inputs that the SDK's constructor requires and its struct does not show, such as lists.
	Required []string
	// Refused maps inputs that the SDK has and this provider does not pass on to the reason.
	Refused map[string]string
	// Replace lists the property paths whose change replaces the resource; [] stands for any index.
	Replace []string
	// AutoName is the property that gets a name if the program gives none.
	AutoName *AutoName
	// CreateFirst is true for types whose replacement is always created before the predecessor is deleted. The others
	// are only if their name was chosen at random.
	CreateFirst bool
	// Location is true if the type has a region, which then is required after defaults.
	Location bool
	// SecretInputs and SecretOutputs are paths that are always secret.
	SecretInputs, SecretOutputs []string
	// Others are paths of properties that other resources write to, such as a vault's list of access policies. Unless
	// the inputs name one it is no part of this resource: neither its outputs have it, nor does a refresh see it change.
	Others []string
	// StableOutputs keep their value in the preview of an update; all others become unknown.
	StableOutputs []string
	// Conflicts finds combinations of inputs that cannot be; nil: none.
	Conflicts func(m resource.PropertyMap) []schema.Problem
	Ops       Ops
}

// Token is the type's own token.
func (r *Resource) Token() string { return r.Tokens[0] }

// Ops are the calls to the service behind a resource type. Values are plain: no secrets, no unknowns, names as in the
// SDK. Every call stops when its context is cancelled.
type Ops interface {
	// Create makes the resource, or takes over the one that an interrupted run began if Call.Begun says so. If the
	// service accepted the request and the outcome is not success, the error is an *AcceptedError.
	Create(ctx context.Context, c Call) (Live, error)
	// Read fetches a resource by id. It returns ErrNotFound (wrapped) if it does not exist.
	Read(ctx context.Context, id string) (Live, error)
	// Update changes the resource in place. Errors as for Create.
	Update(ctx context.Context, id string, c Call) (Live, error)
	// Delete removes the resource and returns when it is gone. A resource that does not exist is no error.
	Delete(ctx context.Context, id string, c Call) error
}

// StateReader is what Ops have besides whose resource cannot be told from its id alone.
type StateReader interface {
	// ReadState is Read with the last inputs, or else the last outputs; both are empty for an import.
	ReadState(ctx context.Context, id string, state map[string]any) (Live, error)
}

// Call is what an operation is about.
type Call struct {
	URN       resource.URN
	Inputs    map[string]any // the inputs to bring about; for Delete, the last ones
	OldInputs map[string]any // the last inputs, for Update
	Outputs   map[string]any // the last outputs, for Update and Delete
	// Begun reports whether an interrupted run of this same resource (same URN) already asked for that id.
	Begun func(id string) bool
	// Begin notes that id is about to be asked for; it must be called before the request is sent, where the id is
	// known by then, and otherwise as soon as it is known.
	Begin func(id string)
	// Begin's counterpart for ids that only the service chooses: what an interrupted run was answered, or empty.
	BegunID string
	// Warnf tells the user something about this resource.
	Warnf func(format string, args ...any)
}

// Live is a resource as the service has it.
type Live struct {
	ID      string
	Outputs map[string]any // names as in the SDK; projected on the type's outputs by the caller
	Inputs  map[string]any // the inputs that describe it, for an import
}

// Function is one function (invoke) of the provider.
type Function struct {
	Token  string
	Args   *schema.Type
	Result *schema.Type
	// Secret is true if the result is a credential.
	Secret bool
	Call   func(ctx context.Context, args map[string]any) (map[string]any, error)
}

// ErrNotFound says that the service has no such resource.
var ErrNotFound = errors.New("not found")

// AcceptedError says that the service took a request on and that it did not end well, or that its end is not known.
// The resource may exist: the engine must keep its id.
type AcceptedError struct {
	ID   string
	Live *Live // what can be read of it; nil if nothing
	Err  error
}

// Error implements error.
func (e *AcceptedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *AcceptedError) Unwrap() error { return e.Err }
