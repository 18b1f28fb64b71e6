package supervise

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestKillLeftovers(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	start := func(marker string) *Child {
		s := spec(marker, "child", "wait")
		c, err := Start(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Stop(time.Second) })
		eventually(t, "the process", func() bool { return runs(c.PID(), marker) })
		return c
	}
	leftover, unrelated := start(dir), start(other)
	run := filepath.Join(dir, "run")
	for name, content := range map[string]string{
		"leftover": strconv.Itoa(leftover.PID()), "reused": strconv.Itoa(unrelated.PID()),
		"group": "-1", "init": "1", "torn": "12x", "gone": "4194303",
	} {
		if err := os.WriteFile(filepath.Join(run, name+".pid"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := KillLeftovers(run, dir); err != nil {
		t.Fatal(err)
	}
	if runs(leftover.PID(), dir) {
		t.Error("the leftover still runs")
	}
	if !runs(unrelated.PID(), other) {
		t.Error("another process that has the ID of a pid file was killed")
	}
	if files, _ := filepath.Glob(filepath.Join(run, "*.pid")); len(files) > 0 {
		t.Errorf("pid files left: %v", files)
	}
}
