package bridge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/natefinch/atomic"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// JournalVariable is the environment variable for the folder of the journal; `sandbox run` sets it.
// With the value JournalOff, which `sandbox run` passes on, the providers behave after a killed run
// as the real ones do.
const (
	JournalVariable = "SANDBOX_BRIDGE_JOURNAL"
	JournalOff      = "off"
)

// JournalFolder returns the folder of the journal for the value of JournalVariable, or "" if there
// is none.
func JournalFolder(setting string) string {
	if setting == JournalOff {
		return ""
	}
	return setting
}

// Journal records which creation a resource has begun, one file per URN, so that a run that was
// killed can be repeated.
//
// The real azure-native has no journal: it refuses to create a resource that exists ("cannot create
// already existing resource"), and a resource whose random name was lost with the run stays as an
// orphan. The refusal is right for a resource of another owner, and applies here too: only a
// resource that the same URN requested, and that was never reported to the engine as created, is
// taken over.
type Journal struct{ dir string }

// Entry records a creation that has begun.
type Entry struct {
	URN  resource.URN `json:"urn"`
	ID   string       `json:"id"`
	Name string       `json:"name,omitempty"` // the name by autonaming
	Done bool         `json:"done"`           // the result was sent to the engine
}

// isAbout reports whether the entry is about that ID. For types whose resources share an ID, the
// entry's ID has a further segment that distinguishes them.
func (e Entry) isAbout(id string) bool {
	own, id := strings.ToLower(e.ID), strings.ToLower(id)
	return own != "" && (own == id || strings.HasPrefix(own, id+"/"))
}

// NewJournal returns a journal in a folder, which is created when needed. With an empty folder
// nothing is recorded.
func NewJournal(dir string) *Journal { return &Journal{dir: dir} }

func (j *Journal) file(urn resource.URN) string {
	sum := sha256.Sum256([]byte(urn))
	return filepath.Join(j.dir, hex.EncodeToString(sum[:16])+".json")
}

// Find returns the entry of a URN; ok is false if there is none.
func (j *Journal) Find(urn resource.URN) (e Entry, ok bool) {
	if j.dir == "" {
		return Entry{}, false
	}
	text, err := os.ReadFile(j.file(urn))
	if err != nil {
		return Entry{}, false
	}
	// An entry that was written incompletely is ignored.
	if json.Unmarshal(text, &e) != nil || e.URN != urn {
		return Entry{}, false
	}
	return e, true
}

// Begun reports whether the URN has requested that ID before.
func (j *Journal) Begun(urn resource.URN, id string) bool {
	e, ok := j.Find(urn)
	return ok && e.ID != "" && strings.EqualFold(e.ID, id)
}

// Write writes an entry, completely or not at all.
func (j *Journal) Write(e Entry) error {
	if j.dir == "" {
		return nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("recording the creation of %s: %w", e.URN, err)
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("recording the creation of %s: %w", e.URN, err)
	}
	if err := atomic.WriteFile(j.file(e.URN), bytes.NewReader(text)); err != nil {
		return fmt.Errorf("recording the creation of %s: %w", e.URN, err)
	}
	return nil
}

// Forget removes the entry of a URN if it is about that ID. With an empty ID it removes any entry
// of the URN.
func (j *Journal) Forget(urn resource.URN, id string) error {
	if j.dir == "" {
		return nil
	}
	if e, ok := j.Find(urn); id != "" && !(ok && e.isAbout(id)) {
		return nil
	}
	if err := os.Remove(j.file(urn)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
