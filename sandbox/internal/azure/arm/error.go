// Package arm is the front of Azure Resource Manager: it authenticates and authorises a request, checks its api-version,
// finds the resource type, and does what ARM does for every type. The packages below it are the resource providers.
package arm

import (
	"fmt"
	"net/http"
)

// Error is an ARM error: https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
	header  http.Header
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf makes an ARM error.
func Errorf(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// BadRequestf is the 400 that most providers answer invalid properties with.
func BadRequestf(format string, args ...any) *Error {
	return Errorf(http.StatusBadRequest, "BadRequest", format, args...)
}

// At names the property that the error is about, as "target" of the body.
func (e *Error) At(target string) *Error {
	e.Target = target
	return e
}

func notFound(typ, name, group string) *Error {
	return Errorf(http.StatusNotFound, "ResourceNotFound",
		"The Resource '%s/%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		typ, name, group)
}

// GroupNotFound is the answer for a resource group that does not exist.
func GroupNotFound(name string) *Error {
	return Errorf(http.StatusNotFound, "ResourceGroupNotFound", "Resource group '%s' could not be found.", name)
}

func parentNotFound(verb, typ, parent string) *Error {
	return Errorf(http.StatusNotFound, "ParentResourceNotFound",
		"Failed to perform '%s' on resource(s) of type '%s', because the parent resource '%s' could not be found.", verb, typ, parent)
}
