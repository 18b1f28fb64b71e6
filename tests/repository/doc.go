// Package repository tests that files of this repository agree: the versions in its modules, and
// the settings of its programs and of the tools that run them.
package repository
