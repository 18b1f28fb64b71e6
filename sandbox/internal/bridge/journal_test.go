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
		t.Error("begun is for the same URN and id, whatever the case of the id")
	}
	if err := j.Forget("urn:a", "/other"); err != nil || !j.Begun("urn:a", entry.ID) {
		t.Errorf("another id's end removed the entry: %v", err)
	}
	shared := bridge.Entry{URN: "urn:shared", ID: "/vault/accessPolicy/a"}
	if err := j.Write(shared); err != nil {
		t.Fatal(err)
	}
	if j.Begun("urn:shared", "/vault/accessPolicy") || !j.Begun("urn:shared", "/vault/accesspolicy/A") {
		t.Error("an entry of a shared id is begun for its own part only")
	}
	if err := j.Forget("urn:shared", "/vault/accessPolicy"); err != nil || j.Begun("urn:shared", shared.ID) {
		t.Errorf("the end of the shared id leaves the entry: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v %v", files, err)
	}
	if err := os.WriteFile(filepath.Join(dir, files[0].Name()), []byte(`{"urn":"urn:a","i`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := j.Find("urn:a"); ok {
		t.Error("a cut-off entry was believed")
	}
	for range 2 {
		if err := j.Forget("urn:a", ""); err != nil {
			t.Error(err)
		}
	}
	none := bridge.NewJournal("")
	if err := none.Write(entry); err != nil || none.Begun("urn:a", entry.ID) {
		t.Errorf("a journal without a folder noted something: %v", err)
	}
}
