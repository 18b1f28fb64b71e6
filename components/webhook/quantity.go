package webhook

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// quantityForm is a Kubernetes quantity without sign: a number and a suffix.
// Source: doc comment of Quantity in k8s.io/apimachinery/pkg/api/resource.
var quantityForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)((?:[KMGTPE]i)|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$`)

// decimalExponents are the powers of ten that the SI suffixes stand for.
var decimalExponents = map[string]int{"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}

// smallestMemory is one mebibyte. Nothing runs in less, while a slip of the
// suffix gives much less: "30m" is thirty thousandths of a byte.
var smallestMemory = big.NewRat(1<<20, 1)

// parseQuantity reads a Kubernetes quantity that is above zero.
func parseQuantity(s string) (*big.Rat, error) {
	parts := quantityForm.FindStringSubmatch(s)
	if parts == nil {
		return nil, problem.New(fmt.Sprintf("%q is not a Kubernetes quantity", s), "write a number and a suffix, such as 100m or 64Mi")
	}
	number, ok := new(big.Rat).SetString(strings.TrimSuffix(parts[1], "."))
	if !ok {
		return nil, problem.New(fmt.Sprintf("%q is not a Kubernetes quantity", s), "its number cannot be read")
	}
	if number.Sign() == 0 {
		return nil, problem.New(fmt.Sprintf("%q is no resource at all", s), "leave it out for the chart's own")
	}
	return number.Mul(number, scale(parts[2])), nil
}

// scale is the factor that a suffix stands for; quantityForm has refused others.
func scale(suffix string) *big.Rat {
	if binary, ok := strings.CutSuffix(suffix, "i"); ok {
		power := uint(strings.Index("KMGTPE", binary) + 1)
		return new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 10*power))
	}
	exponent, isSI := decimalExponents[suffix]
	if !isSI {
		// "e3" and its like; at most two digits, by the form.
		exponent, _ = strconv.Atoi(suffix[1:])
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), power)
	}
	return new(big.Rat).SetInt(power)
}

func validateCPU(s string) error {
	_, err := parseQuantity(s)
	return err
}

func validateMemory(s string) error {
	q, err := parseQuantity(s)
	if err != nil {
		return err
	}
	if q.Cmp(smallestMemory) < 0 {
		return problem.New(fmt.Sprintf("%q is less than 1Mi, in which nothing runs", s), "memory is in bytes, so write for example 64Mi")
	}
	return nil
}

// above reports whether one quantity is greater than another; what is not a
// quantity is reported elsewhere.
func above(a, b string) bool {
	x, errX := parseQuantity(a)
	y, errY := parseQuantity(b)
	return errX == nil && errY == nil && x.Cmp(y) > 0
}
