// Package mlog replaces monis.app/mlog, the logging package that the azure-workload-identity
// webhook imports and that no module proxy serves.
//
// It has the functions and types that the webhook uses, over log/slog. What the webhook logs, and
// when, is unchanged; only the encoding differs (slog's JSON instead of zap's).
package mlog

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
)

// LogLevel is a value of the webhook's --log-level flag.
type LogLevel string

// LogFormat is an encoding of log lines. The only one is JSON.
type LogFormat string

// LogSpec is the argument of ValidateAndSetLogLevelAndFormatGlobally.
type LogSpec struct {
	Level  LogLevel
	Format LogFormat
}

// The levels of --log-level, in order of increasing verbosity.
const (
	LevelWarning LogLevel = ""
	LevelInfo    LogLevel = "info"
	LevelDebug   LogLevel = "debug"
	LevelTrace   LogLevel = "trace"
	LevelAll     LogLevel = "all"

	FormatJSON LogFormat = "json"
)

// slogLevels maps the webhook's levels to slog's. trace and all are below slog's lowest named
// level.
var slogLevels = map[LogLevel]slog.Level{
	LevelWarning: slog.LevelWarn,
	LevelInfo:    slog.LevelInfo,
	LevelDebug:   slog.LevelDebug,
	LevelTrace:   slog.LevelDebug - 4,
	LevelAll:     slog.LevelDebug - 8,
}

var (
	level   = new(slog.LevelVar)
	handler = slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})
)

// Logger writes structured lines under a name.
type Logger struct{ log *slog.Logger }

// New returns the root logger.
func New() Logger { return Logger{log: slog.New(handler)} }

// WithName returns a logger whose lines carry the name.
func (l Logger) WithName(name string) Logger { return Logger{log: l.log.With("logger", name)} }

// WithValues returns a logger whose lines carry the pairs.
func (l Logger) WithValues(pairs ...any) Logger { return Logger{log: l.log.With(pairs...)} }

// Info logs at level info.
func (l Logger) Info(msg string, pairs ...any) { l.log.Info(msg, pairs...) }

// Debug logs at level debug.
func (l Logger) Debug(msg string, pairs ...any) { l.log.Debug(msg, pairs...) }

// Trace logs at level trace.
func (l Logger) Trace(msg string, pairs ...any) {
	l.log.Log(context.Background(), slogLevels[LevelTrace], msg, pairs...)
}

// Warning logs at level warning.
func (l Logger) Warning(msg string, pairs ...any) { l.log.Warn(msg, pairs...) }

// Error logs an error.
func (l Logger) Error(msg string, err error, pairs ...any) {
	l.log.Error(msg, append([]any{"err", err}, pairs...)...)
}

// Setup returns the function that flushes the log. slog needs neither preparation nor flushing.
func Setup() func() { return func() {} }

// Logr returns the logger for controller-runtime.
func Logr() logr.Logger { return logr.FromSlogHandler(handler) }

// Fatal logs the error and ends the process with exit code 1.
func Fatal(err error) {
	New().Error("fatal", err)
	os.Exit(1)
}

// Enabled reports whether lines of that level are written.
func Enabled(l LogLevel) bool {
	return handler.Enabled(context.Background(), slogLevels[l])
}

// ValidateAndSetLogLevelAndFormatGlobally sets the level of every logger, or returns an error for
// an unknown level or format.
func ValidateAndSetLogLevelAndFormatGlobally(_ context.Context, spec LogSpec) error {
	to, ok := slogLevels[spec.Level]
	if !ok {
		return fmt.Errorf("log level %q is not one of \"\", info, debug, trace, all", spec.Level)
	}
	if spec.Format != FormatJSON {
		return fmt.Errorf("log format %q is not json", spec.Format)
	}
	level.Set(to)
	return nil
}
