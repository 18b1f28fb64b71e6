// Package repository tests what the files of this repository must agree about: versions in its modules, and the settings
// of its programs and of the tools that run them.
package repository
