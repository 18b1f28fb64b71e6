// Package bridge is the common part of the sandbox's two Pulumi providers: it implements the
// engine's protocol for a table of resource types, and leaves the requests to Azure to each type's
// Ops.
//
// It behaves like pulumi-azure-native v2: inputs are compared with inputs, a path parameter or a
// property that Azure cannot change in place requires a replacement, a resource with a random name
// is created before its predecessor is deleted, a refresh changes only those inputs that have
// changed in Azure since the last update, and nothing is secret in the state that the program did
// not mark. azuread differs in what the functions Prepare, Compare, Refresh and Validate replace.
// Recorded answers of both are replayed in package conformance.
//
// It is stricter in two ways: a property that does not exist is an error instead of being ignored,
// and a type that is not in the table is an error that lists the known types. In one way it is
// kinder: with a Journal it ends the creations of a run that was killed.
package bridge

import (
	"context"
	"errors"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// Package describes one provider.
type Package struct {
	Name    string         // the first part of tokens, such as azure-native
	Version semver.Version // the SDK requests exactly this version
	// Config describes the settings of the provider (the SDK's ProviderArgs). Others are refused.
	Config *schema.Type
	// Configure is called with the settings, as text, before any other call. Secrets are in clear.
	Configure func(ctx context.Context, config map[string]string) error
	// DefaultLocation returns the region for a resource without one. The resource group's name is
	// empty if the type has none. An empty answer without an error means that there is no default.
	DefaultLocation func(ctx context.Context, resourceGroup string) (string, error)
	Resources       []*Resource
	Functions       []*Function
	// JournalDir is the folder of the Journal. If it is empty, nothing is recorded.
	JournalDir string
}

// Resource describes one resource type.
type Resource struct {
	Tokens  []string     // the type's token, then its aliases
	Inputs  *schema.Type // from the SDK's args struct
	Outputs *schema.Type // from the SDK's resource struct
	// Required lists inputs that the SDK's constructor requires although its struct does not show
	// it, such as lists.
	Required []string
	// Refused maps inputs of the SDK that this provider does not support to the error message.
	Refused map[string]string
	// Replace lists the property paths whose change replaces the resource; [] stands for any index.
	Replace []string
	// AutoName is the property that gets an automatic name.
	AutoName *AutoName
	// CreateFirst is true for types whose replacement is always created before the predecessor is
	// deleted. For the other types that depends on a random name.
	CreateFirst bool
	// Location is true if the type has a region, which is required after defaults.
	Location bool
	// SecretOutputs are the paths of outputs that the provider marks as secret.
	SecretOutputs []string
	// OthersWrite lists the paths of properties that other resources write, such as a vault's list
	// of access policies. If the inputs do not set such a property, it does not belong to this
	// resource, and a refresh shows it empty.
	OthersWrite []string
	// Identifiers has, by the path of a list without indices, the properties that identify its
	// elements. Such a list is compared as a set.
	Identifiers map[string][]string
	// Defaults has the defaults of top-level inputs. One that is added with its default is no
	// change.
	Defaults map[string]any
	// Restore has the values that an update sends for top-level inputs that the program no longer
	// sets, because Azure takes the absence of such a property as "no change".
	Restore map[string]any
	// KeepsInputs is true if the state has the inputs as well.
	KeepsInputs bool
	// Constants are outputs that the provider adds to every state, and Nulls those that it writes
	// as null if the service has no value.
	Constants map[string]any
	Nulls     []string
	// Prepare completes the inputs of a Check, after which they are compared with the type; nil:
	// nothing is to be added.
	Prepare func(m resource.PropertyMap) resource.PropertyMap
	// Compare returns the changes between new inputs and the last outputs; nil: the inputs are
	// compared with the last inputs.
	Compare func(news, outputs resource.PropertyMap) map[string]plugin.PropertyDiff
	// Refresh returns the inputs after a refresh; nil: the changes of the outputs since the last
	// update are applied to the inputs.
	Refresh func(inputs, outputs resource.PropertyMap) resource.PropertyMap
	// Validate reports what a preview refuses that needs a request to the service; nil: nothing.
	// The outputs are empty for a new resource.
	Validate func(ctx context.Context, news, outputs resource.PropertyMap) error
	// StableOutputs keep their values in the preview of an update; all others become unknown.
	StableOutputs []string
	// Limits returns the problems of the inputs beyond those of the type, such as a text that is
	// too long or a combination of inputs; nil: there are none.
	Limits func(m resource.PropertyMap) []schema.Problem
	// Phrase returns the reason for a problem in the words of the real provider; nil: it is the
	// problem's own. The name is that of the resource in the program.
	Phrase func(name string, p schema.Problem) string
	Ops    Ops
}

// validate calls Validate if the type has it.
func (r *Resource) validate(ctx context.Context, news, outputs resource.PropertyMap) error {
	if r.Validate == nil {
		return nil
	}
	return r.Validate(ctx, news, outputs)
}

// Token returns the type's own token.
func (r *Resource) Token() string { return r.Tokens[0] }

// Ops sends the requests of a resource type to its service. Values are plain: no secrets, no
// unknown values, names as in the SDK. Every call ends when its context is cancelled.
type Ops interface {
	// Create creates the resource, or takes over the one that an interrupted run has begun if
	// Call.Begun reports that. If the service accepted the request and it did not succeed, the
	// error is an *AcceptedError.
	Create(ctx context.Context, c Call) (Live, error)
	// Read returns a resource by its ID. It returns ErrNotFound (wrapped) if it does not exist.
	Read(ctx context.Context, id string) (Live, error)
	// Update changes the resource in place. The errors are those of Create.
	Update(ctx context.Context, id string, c Call) (Live, error)
	// Delete deletes the resource and returns when it no longer exists. Whether a resource that
	// does not exist is an error depends on the type.
	Delete(ctx context.Context, id string, c Call) error
}

// StateReader is implemented by Ops whose resource cannot be read by its ID alone.
type StateReader interface {
	// ReadState reads the resource with the help of the last inputs, or else the last outputs; both
	// are empty for an import.
	ReadState(ctx context.Context, id string, state map[string]any) (Live, error)
}

// Call has the arguments of an operation.
type Call struct {
	URN       resource.URN
	Inputs    map[string]any // the new inputs; for Delete, the last ones
	OldInputs map[string]any // the last inputs, for Update
	Outputs   map[string]any // the last outputs, for Update and Delete
	// Begun reports whether an interrupted run of this resource (same URN) has requested that ID.
	Begun func(id string) bool
	// Begin records that the ID is about to be requested. It must be called before the request is
	// sent if the ID is known by then, and otherwise as soon as it is known.
	Begin func(id string)
	// BegunID is the ID that an interrupted run recorded, or empty. It is needed if the service
	// chooses the ID.
	BegunID string
	// Warnf shows the user a warning about this resource.
	Warnf func(format string, args ...any)
}

// Live is a resource as its service returned it.
type Live struct {
	ID      string
	Outputs map[string]any // names as in the SDK; the caller reduces them to the type's outputs
	Inputs  map[string]any // the inputs for an import
}

// Function is one function (invoke) of the provider.
type Function struct {
	Token  string
	Args   *schema.Type
	Result *schema.Type
	Call   func(ctx context.Context, args map[string]any) (map[string]any, error)
}

// ErrNotFound reports that a resource does not exist.
var ErrNotFound = errors.New("not found")

// AcceptedError reports that the service accepted a request and that it failed, or that its result
// is unknown. The resource may exist: the engine must keep its ID.
type AcceptedError struct {
	ID   string
	Live *Live // nil if it cannot be read
	Err  error
}

// Error returns the reason.
func (e *AcceptedError) Error() string { return e.Err.Error() }

// Unwrap returns the wrapped error.
func (e *AcceptedError) Unwrap() error { return e.Err }
