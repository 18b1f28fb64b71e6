package cluster

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// argTypes are the argument structs of this package with all that they hold.
func argTypes() []reflect.Type {
	var list []reflect.Type
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		list = append(list, t)
		for i := range t.NumField() {
			visit(t.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[ClusterArgs]())
	visit(reflect.TypeFor[LookupClusterArgs]())
	return list
}

// enums are the exported lists by the field that they belong to.
func enums() map[string][]string {
	return map[string][]string{
		"ClusterArgs.skuTier":                   SkuTiers(),
		"ClusterArgs.supportPlan":               SupportPlans(),
		"ClusterArgs.upgradeChannel":            UpgradeChannels(),
		"ClusterArgs.nodeOsUpgradeChannel":      NodeOSUpgradeChannels(),
		"ClusterArgs.credentials":               CredentialModes(),
		"LookupClusterArgs.credentials":         CredentialModes(),
		"KubeloginArgs.login":                   KubeloginLogins(),
		"NodePoolArgs.mode":                     PoolModes(),
		"NodePoolArgs.osType":                   OSTypes(),
		"NodePoolArgs.osSku":                    OSSkus(),
		"NodePoolArgs.osDiskType":               OSDiskTypes(),
		"NodePoolArgs.availabilityZones":        Zones(),
		"SpotArgs.evictionPolicy":               EvictionPolicies(),
		"NetworkArgs.plugin":                    NetworkPlugins(),
		"NetworkArgs.pluginMode":                NetworkPluginModes(),
		"NetworkArgs.dataplane":                 NetworkDataplanes(),
		"NetworkArgs.policy":                    NetworkPolicies(),
		"NetworkArgs.outboundType":              OutboundTypes(),
		"NetworkArgs.loadBalancerSku":           LoadBalancerSkus(),
		"MaintenanceWindowArgs.name":            MaintenanceWindowNames(),
		"WeeklyScheduleArgs.dayOfWeek":          Weekdays(),
		"RelativeMonthlyScheduleArgs.dayOfWeek": Weekdays(),
		"RelativeMonthlyScheduleArgs.weekIndex": WeekIndexes(),
	}
}

func TestTagsAndConstantsAgree(t *testing.T) {
	got := map[string][]string{}
	for _, typ := range argTypes() {
		for i := range typ.NumField() {
			field := typ.Field(i)
			name, option, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			if name == "" || option != "" && option != "optional" {
				t.Errorf("%s.%s has the tag %q", typ.Name(), field.Name, field.Tag)
			}
			if lower := strings.ToLower(field.Name[:1]) + field.Name[1:]; lower != name {
				t.Errorf("%s.%s is called %q outside", typ.Name(), field.Name, name)
			}
			if enum, ok := field.Tag.Lookup("enum"); ok {
				got[typ.Name()+"."+name] = strings.Split(enum, ",")
			}
		}
	}
	if diff := cmp.Diff(enums(), got); diff != "" {
		t.Errorf("-constants +tags:\n%s", diff)
	}
}

// A range in a tag has both ends, and belongs to a number.
func TestRangesInTagsAreWhole(t *testing.T) {
	for _, typ := range argTypes() {
		for i := range typ.NumField() {
			field := typ.Field(i)
			low, hasLow := field.Tag.Lookup("min")
			high, hasHigh := field.Tag.Lookup("max")
			_, hasUnit := field.Tag.Lookup("unit")
			if !hasLow && !hasHigh && !hasUnit {
				continue
			}
			from, errFrom := strconv.Atoi(low)
			to, errTo := strconv.Atoi(high)
			if errFrom != nil || errTo != nil || from >= to {
				t.Errorf("%s.%s: %q to %q", typ.Name(), field.Name, low, high)
			}
			if !pulumiInt(field.Type) {
				t.Errorf("%s.%s is a %s with a range of numbers", typ.Name(), field.Name, field.Type)
			}
		}
	}
}

func pulumiInt(t reflect.Type) bool {
	return t == reflect.TypeFor[pulumi.IntInput]() || t == reflect.TypeFor[pulumi.IntPtrInput]()
}

// The ends of every range are accepted, and what is one further is not.
func TestRangesInTagsAreEnforced(t *testing.T) {
	for _, typ := range argTypes() {
		for i := range typ.NumField() {
			field := typ.Field(i)
			low, err := strconv.Atoi(field.Tag.Get("min"))
			if err != nil {
				continue
			}
			high, _ := strconv.Atoi(field.Tag.Get("max"))
			name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			for n, refused := range map[int]bool{low - 1: true, low: false, high: false, high + 1: true} {
				args := reflect.New(typ).Elem()
				args.Field(i).Set(reflect.ValueOf(pulumi.Int(n)))
				var l problem.List
				checkTags(&l, "", args)
				got := arguments.Err("test", "test", &l)
				if found := got != nil && strings.Contains(got.Error(), name+": "+strconv.Itoa(n)+" is outside"); found != refused {
					t.Errorf("%s.%s = %d: %v", typ.Name(), name, n, got)
				}
			}
		}
	}
}
