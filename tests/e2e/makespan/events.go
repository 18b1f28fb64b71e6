package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// watchEvents reads the engine's events while they are written, because their own times are whole
// seconds. The returned function ends that, and returns the steps of resources that have an
// operation of a provider.
func watchEvents(file string) (stop func() map[string]step) {
	ended, result := make(chan struct{}), make(chan map[string]step)
	go func() {
		steps := map[string]step{}
		var offset int64
		for last := false; ; {
			offset = readEvents(file, offset, steps)
			if last {
				break
			}
			select {
			case <-ended:
				last = true
			case <-time.After(10 * time.Millisecond):
			}
		}
		for urn, s := range steps {
			if s.to.IsZero() {
				delete(steps, urn)
			}
		}
		result <- steps
	}()
	return func() map[string]step { close(ended); return <-result }
}

// readEvents reads the whole lines after an offset and returns the offset of the next.
func readEvents(file string, offset int64, steps map[string]step) int64 {
	f, err := os.Open(file)
	if err != nil {
		return offset
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return offset
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return offset
	}
	now := time.Now()
	whole := bytes.LastIndexByte(text, '\n') + 1
	for line := range bytes.Lines(text[:whole]) {
		var event apitype.EngineEvent
		if json.Unmarshal(line, &event) != nil {
			continue
		}
		switch {
		case event.ResourcePreEvent != nil && works(event.ResourcePreEvent.Metadata):
			steps[event.ResourcePreEvent.Metadata.URN] = step{from: now}
		case event.ResOutputsEvent != nil && works(event.ResOutputsEvent.Metadata):
			s := steps[event.ResOutputsEvent.Metadata.URN]
			s.to = now
			steps[event.ResOutputsEvent.Metadata.URN] = s
		}
	}
	return offset + int64(whole)
}

// works reports whether a provider works on the resource: a component only waits for its children.
func works(m apitype.StepEventMetadata) bool {
	return m.Op != apitype.OpSame && m.New != nil && m.New.Custom && !strings.HasPrefix(m.Type, "pulumi:")
}

// measure returns the makespan and the critical path of an update.
func measure(steps map[string]step, exported []byte) (span, error) {
	if len(steps) == 0 {
		return span{}, errors.New("the update has no events")
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				URN, Provider string
				Dependencies  []string
			}
		}
	}
	if err := json.Unmarshal(exported, &state); err != nil {
		return span{}, err
	}
	waitsFor := map[string][]string{}
	for _, r := range state.Deployment.Resources {
		waitsFor[r.URN] = r.Dependencies
		if at := strings.LastIndex(r.Provider, "::"); at > 0 {
			waitsFor[r.URN] = append(waitsFor[r.URN], r.Provider[:at])
		}
	}
	return span{makespan: ends(steps), critical: longest(steps, waitsFor)}, nil
}
