package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	sure   = New(Recorded, "test.sure", "It is recorded", "a recording")
	unsure = New(Inferred, "test.unsure", "It is inferred", "a guess")
)

func TestSetOff(t *testing.T) {
	t.Cleanup(func() { sure.Switch(true); unsure.Switch(true) })
	if err := SetOff([]string{"test.unsure"}); err != nil {
		t.Fatal(err)
	}
	if unsure.On() || !sure.On() {
		t.Errorf("only the inferred rule is off: %v", Off())
	}
	if diff := cmp.Diff([]string{"test.unsure"}, Off()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	err := SetOff([]string{"test.sure", "test.none"})
	if err == nil || !strings.Contains(err.Error(), "test.sure") || !strings.Contains(err.Error(), "test.none") {
		t.Errorf("both wrong names are reported: %v", err)
	}
	if unsure.On() {
		t.Error("a refused list must change nothing")
	}
	if err := SetOff(nil); err != nil || !unsure.On() {
		t.Errorf("an empty list puts all in force: %v", err)
	}
}

func TestNewRefusesTakenNames(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a name was taken twice")
		}
	}()
	New(Recorded, "test.sure", "Again", "a recording")
}

func TestSubject(t *testing.T) {
	if sure.Subject() != "test" {
		t.Errorf("got %q", sure.Subject())
	}
}
