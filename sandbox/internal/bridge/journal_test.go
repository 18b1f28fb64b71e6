package bridge_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
)

func TestJournal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	j := bridge.NewJournal(dir)
	if _, ok := j.Find("urn:a"); ok {
		t.Error("an empty journal has an entry")
	}
	entry := bridge.Entry{URN: "urn:a", ID: "/Subscriptions/x", Name: "n"}
	if err := j.Write(entry); err != nil {
		t.Fatal(err)
	}
	got, ok := j.Find("urn:a")
	if diff := cmp.Diff(entry, got); !ok || diff != "" {
		t.Errorf("found %v (-want +got)\n%s", ok, diff)
	}
	if !j.Begun("urn:a", "/subscriptions/X") || j.Begun("urn:b", "/subscriptions/x") || j.Begun("urn:a", "") {
		t.Error("begun must be true for the same URN and ID only, in any case of letters")
	}
	if err := j.Forget("urn:a", "/other"); err != nil || !j.Begun("urn:a", entry.ID) {
		t.Errorf("forgetting another ID removed the entry: %v", err)
	}
	shared := bridge.Entry{URN: "urn:shared", ID: "/vault/accessPolicy/a"}
	if err := j.Write(shared); err != nil {
		t.Fatal(err)
	}
	if j.Begun("urn:shared", "/vault/accessPolicy") || !j.Begun("urn:shared", "/vault/accesspolicy/A") {
		t.Error("begun must be true for the entry's own part of a shared ID only")
	}
	if err := j.Forget("urn:shared", "/vault/accessPolicy"); err != nil || j.Begun("urn:shared", shared.ID) {
		t.Errorf("forgetting the shared ID leaves the entry: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v %v", files, err)
	}
	if err := os.WriteFile(filepath.Join(dir, files[0].Name()), []byte(`{"urn":"urn:a","i`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := j.Find("urn:a"); ok {
		t.Error("an incomplete entry was read")
	}
	for range 2 {
		if err := j.Forget("urn:a", ""); err != nil {
			t.Error(err)
		}
	}
	none := bridge.NewJournal("")
	if err := none.Write(entry); err != nil || none.Begun("urn:a", entry.ID) {
		t.Errorf("a journal without a folder recorded an entry: %v", err)
	}
}

func TestJournalFolder(t *testing.T) {
	for setting, want := range map[string]string{"": "", "off": "", "/sandbox/bridge": "/sandbox/bridge"} {
		if got := bridge.JournalFolder(setting); got != want {
			t.Errorf("the setting %q gives the folder %q, want %q", setting, got, want)
		}
	}
}
