package bridge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// JournalVariable names the environment variable with the folder of the journal; `sandbox run` sets it.
const JournalVariable = "SANDBOX_BRIDGE_JOURNAL"

// Journal notes which creation a resource has begun, one file per URN, so that a run that was killed in the middle can
// be run again.
//
// The real azure-native has no such thing: it refuses to create what already exists ("cannot create already existing
// resource"), and a resource whose random name died with the run stays behind as an orphan. The refusal is right for
// a resource that somebody else owns, so it stays the rule here too: only what this very URN asked for, and never
// reported to the engine as created, is taken over.
type Journal struct{ dir string }

// Entry is a begun creation.
type Entry struct {
	URN  resource.URN `json:"urn"`
	ID   string       `json:"id"`
	Name string       `json:"name,omitempty"` // the name that autonaming chose
	Done bool         `json:"done"`           // the engine was told
}

// isAbout reports whether the entry is about that id. Types whose ids are shared note what tells them apart behind it.
func (e Entry) isAbout(id string) bool {
	own, id := strings.ToLower(e.ID), strings.ToLower(id)
	return own != "" && (own == id || strings.HasPrefix(own, id+"/"))
}

// NewJournal returns a journal in a folder, which is made when needed. With an empty folder nothing is noted.
func NewJournal(dir string) *Journal { return &Journal{dir: dir} }

func (j *Journal) file(urn resource.URN) string {
	sum := sha256.Sum256([]byte(urn))
	return filepath.Join(j.dir, hex.EncodeToString(sum[:16])+".json")
}

// Find returns the entry of a URN, and false if there is none.
func (j *Journal) Find(urn resource.URN) (Entry, bool) {
	if j.dir == "" {
		return Entry{}, false
	}
	text, err := os.ReadFile(j.file(urn))
	if err != nil {
		return Entry{}, false
	}
	var e Entry
	// An entry that was cut off while it was written says nothing.
	if json.Unmarshal(text, &e) != nil || e.URN != urn {
		return Entry{}, false
	}
	return e, true
}

// Begun reports whether the URN has asked for that id before.
func (j *Journal) Begun(urn resource.URN, id string) bool {
	e, ok := j.Find(urn)
	return ok && e.ID != "" && strings.EqualFold(e.ID, id)
}

// Write notes an entry, whole or not at all.
func (j *Journal) Write(e Entry) error {
	if j.dir == "" {
		return nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("noting the creation of %s: %w", e.URN, err)
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("noting the creation of %s: %w", e.URN, err)
	}
	next, err := os.CreateTemp(j.dir, "next-*")
	if err != nil {
		return fmt.Errorf("noting the creation of %s: %w", e.URN, err)
	}
	_, err = next.Write(text)
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), j.file(e.URN))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("noting the creation of %s: %w", e.URN, err), os.Remove(next.Name()))
	}
	return nil
}

// Forget removes the entry of a URN if it is about that id; an empty id removes it whatever it is about.
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
