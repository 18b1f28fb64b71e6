package fake

import (
	"crypto/sha1" //nolint:gosec // version 5 UUIDs; nothing here is a secret
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// The ids of the fake tenant and its one subscription.
const (
	TenantID       = "72f988bf-0000-4000-8000-00000000aaaa"
	SubscriptionID = "11111111-2222-4333-8444-555555555555"
)

// World is everything that the providers manage.
type World struct {
	// Interfere runs during every create, update and delete, without a lock held. Its error is the
	// operation's; if that is an *AcceptedError or a *LostError, the operation takes effect all the
	// same.
	Interfere func(Op) error
	// NamesAreUnknown makes the outputs "name" and "location" unknown in the preview of an update.
	// azure-native declares them stable, so that they are known otherwise.
	NamesAreUnknown bool
	// Deployer is the object id of who deploys.
	Deployer string
	// OwnedOnly gives the deployer the permission Application.ReadWrite.OwnedBy in Entra and no
	// more; otherwise it may write everything.
	OwnedOnly bool
	// MarksNothing makes the providers plugins that know no secrets, as azure-native is: the engine
	// sends them plain values, and nothing that they return is marked as a secret.
	MarksNothing bool

	mu      sync.Mutex
	clock   int
	serial  int
	ops     []*Op
	azure   map[string]*thing // by id in lower case: Azure and Entra
	writing map[string]string // identity -> the credential that is being written
}

// AcceptedError is a failure after the request was accepted, such as a long-running operation that
// fails.
type AcceptedError struct{ Reason string }

func (e *AcceptedError) Error() string { return e.Reason }

// LostError is a failure after the request took effect, of which the engine learns nothing: the
// process was killed.
type LostError struct{ Reason string }

func (e *LostError) Error() string { return e.Reason }

func takesEffect(err error) bool {
	switch err.(type) { //nolint:errorlint // tests return them unwrapped
	case nil, *AcceptedError, *LostError:
		return true
	}
	return false
}

// thing is one resource, or one object in a cluster.
type thing struct {
	kind   *kind
	id     string
	serial int // unique, also among deleted resources
	inputs resource.PropertyMap
	state  resource.PropertyMap // inputs and what the server adds
	inside map[string]*thing    // a cluster's objects by id
	others resource.PropertyMap // what others have set, which an update leaves alone
	// rotations is how often the cluster's credentials have been replaced.
	rotations int
}

// NewWorld returns a world with one resource group, in West Europe.
func NewWorld(resourceGroup string) *World {
	w := &World{Deployer: DeployerID, azure: map[string]*thing{}, writing: map[string]string{}}
	id := groupID(resourceGroup)
	w.azure[strings.ToLower(id)] = &thing{kind: kinds["azure-native:resources:ResourceGroup"], id: id, state: texts("name", resourceGroup, "location", "westeurope")}
	return w
}

// Ops returns the finished operations since the last Forget.
func (w *World) Ops() Ops {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := Ops{}
	for _, o := range w.ops {
		if o.End > 0 {
			out = append(out, *o)
		}
	}
	return out
}

// Forget empties the log.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops = nil
}

// IDs returns the sorted ids of all resources in Azure and Entra whose type has that name.
func (w *World) IDs(typ string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for _, t := range w.azure {
		if strings.HasSuffix(t.kind.token, ":"+typ) && t.inputs != nil {
			out = append(out, t.id)
		}
	}
	slices.Sort(out)
	return out
}

// Text returns the string at a dotted path in the state of a resource in Azure or Entra.
func (w *World) Text(id, path string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.azure[strings.ToLower(id)]; t != nil {
		return text(t.state, path)
	}
	return ""
}

// Get returns the value at a dotted path in the state of a resource in Azure or Entra.
func (w *World) Get(id, path string) resource.PropertyValue {
	w.mu.Lock()
	defer w.mu.Unlock()
	return at(w.azure[strings.ToLower(id)].state, path)
}

// SetText changes a resource without the engine, as another client of Azure would.
func (w *World) SetText(id, path, value string) { w.Set(id, path, resource.NewProperty(value)) }

// Set changes a resource without the engine at a dotted path. Updates that do not mention the
// property keep it.
func (w *World) Set(id, path string, value resource.PropertyValue) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.azure[strings.ToLower(id)]
	steps := strings.Split(path, ".")
	for i := len(steps) - 1; i > 0; i-- {
		value = object(resource.PropertyMap{resource.PropertyKey(steps[i]): value})
	}
	change := resource.PropertyMap{resource.PropertyKey(steps[0]): value}
	t.others = merge(t.others, change)
	t.state = merge(plainMap(t.state), change)
}

// RotateCredentials replaces the credentials of a cluster, as "az aks rotate-certs" does.
func (w *World) RotateCredentials(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.azure[strings.ToLower(id)].rotations++
}

// Objects returns the sorted ids of the objects in a cluster.
func (w *World) Objects(clusterID string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for id := range w.azure[strings.ToLower(clusterID)].inside {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// do runs one operation: it logs the operation, refuses concurrent writes of federated credentials,
// calls Interfere, and makes the change.
func (w *World) do(op *Op, change func() error) error {
	err := w.begin(op)
	if err != nil {
		return w.end(op, err)
	}
	if w.Interfere != nil {
		err = w.Interfere(*op)
	}
	if !takesEffect(err) {
		return w.end(op, err)
	}
	w.mu.Lock()
	refused := change()
	w.mu.Unlock()
	if refused != nil {
		err = refused
	}
	return w.end(op, err)
}

func (w *World) begin(op *Op) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	op.Start = w.clock
	w.ops = append(w.ops, op)
	return w.enter(op)
}

func (w *World) end(op *Op, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave(op)
	w.clock++
	op.End, op.Err = w.clock, err
	return err
}

// guid returns the resource's GUID for a purpose. It differs for every resource that was ever
// created, also where two have the same id.
func (t *thing) guid(purpose string) string {
	sum := sha1.Sum([]byte(fmt.Sprint(t.serial, "/", t.id, "/", purpose))) //nolint:gosec // see the import
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
