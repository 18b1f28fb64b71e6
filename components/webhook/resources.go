package webhook

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ResourcesArgs are the webhook container's requests and limits, as Kubernetes quantities ("100m",
// "64Mi"). A request above its limit is refused, as by the API server, also where one of the two is
// the chart's.
type ResourcesArgs struct {
	// CpuRequest is the request of CPUs. Default: 100m, the chart's own.
	CpuRequest pulumi.StringPtrInput `pulumi:"cpuRequest,optional"`
	// MemoryRequest is the request of memory in bytes, at least 1Mi. Default: 20Mi, the chart's
	// own.
	MemoryRequest pulumi.StringPtrInput `pulumi:"memoryRequest,optional"`
	// CpuLimit is the limit of CPUs. Default: 100m, the chart's own.
	CpuLimit pulumi.StringPtrInput `pulumi:"cpuLimit,optional"`
	// MemoryLimit is the limit of memory in bytes, at least 1Mi. The webhook keeps the cluster's
	// service accounts in memory, so that a cluster with many needs more. Default: 30Mi, the
	// chart's own.
	MemoryLimit pulumi.StringPtrInput `pulumi:"memoryLimit,optional"`
}

// value returns the chart's resources.
func (r *ResourcesArgs) value() pulumi.Map {
	m := pulumi.Map{}
	put := func(kind string, cpu, memory pulumi.StringPtrInput) {
		if amounts := givenOf(map[string]pulumi.StringPtrInput{"cpu": cpu, "memory": memory}); len(amounts) > 0 {
			m[kind] = amounts
		}
	}
	put("requests", r.CpuRequest, r.MemoryRequest)
	put("limits", r.CpuLimit, r.MemoryLimit)
	return m
}

func (r *ResourcesArgs) rules() []rule {
	if r == nil {
		return nil
	}
	return []rule{
		{"resources.cpuRequest", r.CpuRequest, text(checkCPU)},
		{"resources.memoryRequest", r.MemoryRequest, text(checkMemory)},
		{"resources.cpuLimit", r.CpuLimit, text(checkCPU)},
		{"resources.memoryLimit", r.MemoryLimit, text(checkMemory)},
	}
}

// check compares requests and limits, as far as they are known.
func (r *ResourcesArgs) check(l *problem.List) {
	if r == nil {
		return
	}
	compare := func(path problem.Path, request, limit pulumi.StringPtrInput, chartRequest, chartLimit string) {
		least, leastKnown := knownText(request, chartRequest)
		most, mostKnown := knownText(limit, chartLimit)
		if leastKnown && mostKnown {
			checkLimit(l, path, least, most)
		}
	}
	compare("resources.cpuRequest", r.CpuRequest, r.CpuLimit, chartCPURequest, chartCPULimit)
	compare("resources.memoryRequest", r.MemoryRequest, r.MemoryLimit, chartMemoryRequest, chartMemoryLimit)
}

// checkResourcesValue compares requests and limits among values that have resolved.
func checkResourcesValue(l *problem.List, values map[string]any) {
	resources, _ := plainMap(values["resources"])
	requests, _ := plainMap(resources["requests"])
	limits, _ := plainMap(resources["limits"])
	quantity := func(m map[string]any, key, byDefault string) string {
		v, given := deref(m[key])
		if !given {
			return byDefault
		}
		return fmt.Sprint(v)
	}
	checkLimit(l, "resources.cpuRequest", quantity(requests, "cpu", chartCPURequest), quantity(limits, "cpu", chartCPULimit))
	checkLimit(l, "resources.memoryRequest", quantity(requests, "memory", chartMemoryRequest), quantity(limits, "memory", chartMemoryLimit))
}

// checkLimit refuses a request above its limit, as the API server would.
func checkLimit(l *problem.List, path problem.Path, request, limit string) {
	if isAbove(request, limit) {
		l.Add(path, fmt.Sprintf("the request of %s is above the limit of %s (what is not given has the chart's value)", request, limit), "the API server would refuse the pods, so raise the limit as well")
	}
}

func checkCPU(s string) error {
	_, err := parseQuantity(s)
	return err
}

// smallestMemory is one mebibyte. Nothing runs in less, and a wrong suffix means much less: "30m"
// is thirty thousandths of a byte.
var smallestMemory = big.NewRat(1<<20, 1)

func checkMemory(s string) error {
	q, err := parseQuantity(s)
	if err != nil {
		return err
	}
	if q.Cmp(smallestMemory) < 0 {
		return problem.New(fmt.Sprintf("%q is less than 1Mi, in which nothing runs", s), "memory is in bytes, so write for example 64Mi")
	}
	return nil
}

// isAbove reports whether one quantity is greater than another. What is not a quantity is a problem
// of its own argument.
func isAbove(a, b string) bool {
	x, errX := parseQuantity(a)
	y, errY := parseQuantity(b)
	return errX == nil && errY == nil && x.Cmp(y) > 0
}

// quantityForm matches a Kubernetes quantity without sign: a number and a suffix. Source: doc
// comment of Quantity in k8s.io/apimachinery/pkg/api/resource.
//
// The parser stays here because that package (v0.34.4) compares a quantity of many digits, such as
// "1e999999999", for minutes, accepts "Mi" as zero, and adds CBOR and JSON codecs to the program.
var quantityForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)((?:[KMGTPE]i)|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$`)

// decimalExponents maps SI suffixes to powers of ten.
var decimalExponents = map[string]int{"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}

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
	return number.Mul(number, factor(parts[2])), nil
}

// factor returns the number that a suffix of quantityForm stands for.
func factor(suffix string) *big.Rat {
	if binary, ok := strings.CutSuffix(suffix, "i"); ok {
		power := uint(strings.Index("KMGTPE", binary) + 1)
		return new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 10*power))
	}
	exponent, isSI := decimalExponents[suffix]
	if !isSI {
		exponent, _ = strconv.Atoi(suffix[1:]) // "e3": at most two digits, by the form
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), power)
	}
	return new(big.Rat).SetInt(power)
}
