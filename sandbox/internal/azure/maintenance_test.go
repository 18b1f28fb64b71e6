package azure_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func window(change func(w, schedule object)) object {
	schedule := object{"weekly": object{"intervalWeeks": 1, "dayOfWeek": "Sunday"}}
	w := object{"schedule": schedule, "durationHours": 4, "startTime": "02:00"}
	if change != nil {
		change(w, schedule)
	}
	return object{"properties": object{"maintenanceWindow": w}}
}

func hours(days ...object) object { return object{"properties": object{"timeInWeek": days}} }

func TestMaintenanceConfigurations(t *testing.T) {
	w := newWorld(t, quiet)
	path := w.cluster(w.group("rg"), "aks1")
	at := path + "/maintenanceConfigurations/"
	const upgrade, node = "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"

	got := must(t, w.arm("PUT", at+"AKSManagedAutoUpgradeSchedule", vCluster2025, window(nil)), 201)
	today := w.clock.now().UTC().Format("2006-01-02")
	want := map[string]any{"maintenanceWindow": map[string]any{
		"schedule": map[string]any{"weekly": map[string]any{"intervalWeeks": 1.0, "dayOfWeek": "Sunday"}}, "durationHours": 4.0,
		"startTime": "02:00", "startDate": today, "utcOffset": "+00:00",
	}}
	if diff := cmp.Diff(want, got.body["properties"]); diff != "" {
		t.Errorf("with the defaults of AKS (-want +got):\n%s", diff)
	}
	must(t, w.arm("PUT", at+upgrade, vCluster2025, window(func(w, _ object) { w["durationHours"] = 8 })), 200)
	must(t, w.arm("PUT", at+node, vCluster2025, window(func(w, s object) {
		delete(s, "weekly")
		s["daily"] = object{"intervalDays": 2}
		w["utcOffset"], w["startDate"], w["notAllowedDates"] = "-07:00", "2026-01-31", []object{{"start": "2026-12-24", "end": "2026-12-24"}}
	})), 201)
	must(t, w.arm("PUT", at+"default", vCluster, hours(object{"day": "Monday", "hourSlots": []int{0, 23}})), 201)
	must(t, w.arm("PUT", at+"default", vCluster2025, window(nil)), 200)
	list := must(t, w.arm("GET", path+"/maintenanceConfigurations", vCluster2025, nil), 200)
	if n := len(list.body["value"].([]any)); n != 3 {
		t.Errorf("%d configurations, want 3: %s", n, list.text)
	}
	must(t, w.arm("DELETE", at+"default", vCluster2025, nil), 200)
	must(t, w.arm("DELETE", at+"default", vCluster2025, nil), 204)
	must(t, w.arm("GET", at+"default", vCluster2025, nil), 404)
	must(t, w.arm("PUT", clusterPath("/resourceGroups/rg", "none")+"/maintenanceConfigurations/default", vCluster2025, window(nil)), 404)

	w.poll(must(t, w.arm("DELETE", path, vCluster2025, nil), 202))
	w.cluster("/resourceGroups/rg", "aks1")
	must(t, w.arm("GET", at+upgrade, vCluster2025, nil), 404)
}

func TestMaintenanceConfigurationIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	at := w.cluster(w.group("rg"), "aks1") + "/maintenanceConfigurations/"
	const upgrade = "aksManagedAutoUpgradeSchedule"
	is := func(key string, value any) object { return window(func(w, _ object) { w[key] = value }) }
	on := func(schedule object) object { return is("schedule", schedule) }
	monthly := func(months int, week, day string) object {
		return on(object{"relativeMonthly": object{"intervalMonths": months, "weekIndex": week, "dayOfWeek": day}})
	}
	forbidden := func(start, end string) object {
		return object{"properties": object{"notAllowedTime": []object{{"start": start, "end": end}}}}
	}
	week := make([]object, 8)
	for i := range week {
		week[i] = object{"day": "Monday", "hourSlots": []int{1}}
	}
	cases := map[string]struct {
		name, version string
		body          object
		code, text    string
	}{
		"another name":                              {"weekly", vCluster2025, window(nil), "InvalidParameter", "not 'weekly'"},
		"no properties":                             {upgrade, vCluster2025, object{}, "InvalidParameter", "properties is missing"},
		"a window under an older api-version":       {"default", vCluster, window(nil), "InvalidRequestContent", "api-version 2023-04-01 has no such property"},
		"an upgrade schedule with hours":            {upgrade, vCluster2025, hours(object{"day": "Monday", "hourSlots": []int{1}}), "InvalidParameter", "belong to the configuration 'default'"},
		"an empty upgrade schedule":                 {upgrade, vCluster2025, object{"properties": object{}}, "InvalidParameter", "maintenanceWindow is missing"},
		"hours and a window":                        {"default", vCluster2025, object{"properties": object{"timeInWeek": []object{{"day": "Monday", "hourSlots": []int{1}}}, "maintenanceWindow": window(nil)["properties"].(object)["maintenanceWindow"]}}, "InvalidParameter", "not both"},
		"an empty configuration":                    {"default", vCluster2025, object{"properties": object{}}, "TimeInWeekIsNil", "neither"},
		"a window of three hours":                   {upgrade, vCluster2025, is("durationHours", 3), "InvalidParameter", "3 is out of range; it must be 4 to 24"},
		"a window of more than a day":               {upgrade, vCluster2025, is("durationHours", 25), "InvalidParameter", "25 is out of range"},
		"a time that does not exist":                {upgrade, vCluster2025, is("startTime", "24:00"), "InvalidParameter", "'24:00'"},
		"an offset without a sign":                  {upgrade, vCluster2025, is("utcOffset", "05:30"), "InvalidParameter", "'05:30'"},
		"a date that does not exist":                {upgrade, vCluster2025, is("startDate", "2026-02-30"), "InvalidParameter", "'2026-02-30'"},
		"a span that ends before it begins":         {upgrade, vCluster2025, is("notAllowedDates", []object{{"start": "2026-12-24", "end": "2026-12-23"}}), "InvalidParameter", "not before the first"},
		"no schedule":                               {upgrade, vCluster2025, window(func(w, _ object) { delete(w, "schedule") }), "InvalidParameter", "schedule is missing"},
		"an empty schedule":                         {upgrade, vCluster2025, on(object{}), "InvalidParameter", "0 are given"},
		"two schedules":                             {upgrade, vCluster2025, window(func(_, s object) { s["daily"] = object{"intervalDays": 1} }), "InvalidParameter", "2 are given"},
		"a default that is not weekly":              {"default", vCluster2025, on(object{"daily": object{"intervalDays": 1}}), "InvalidParameter", "weekly schedule"},
		"every eight days":                          {upgrade, vCluster2025, on(object{"daily": object{"intervalDays": 8}}), "InvalidParameter", "8 is out of range; it must be 1 to 7"},
		"every five weeks":                          {upgrade, vCluster2025, on(object{"weekly": object{"intervalWeeks": 5, "dayOfWeek": "Monday"}}), "InvalidParameter", "5 is out of range; it must be 1 to 4"},
		"the name of a weekday in another language": {upgrade, vCluster2025, on(object{"weekly": object{"intervalWeeks": 1, "dayOfWeek": "Lundi"}}), "InvalidParameter", "Lundi"},
		"a week without a day":                      {upgrade, vCluster2025, on(object{"weekly": object{"intervalWeeks": 1}}), "InvalidParameter", "dayOfWeek is missing"},
		"the 32nd":                                  {upgrade, vCluster2025, on(object{"absoluteMonthly": object{"intervalMonths": 1, "dayOfMonth": 32}}), "InvalidParameter", "32 is out of range; it must be 1 to 31"},
		"every seven months":                        {upgrade, vCluster2025, on(object{"absoluteMonthly": object{"intervalMonths": 7, "dayOfMonth": 1}}), "InvalidParameter", "7 is out of range; it must be 1 to 6"},
		"the fifth Monday":                          {upgrade, vCluster2025, monthly(1, "Fifth", "Monday"), "InvalidParameter", "Fifth"},
		"a month without a day":                     {upgrade, vCluster2025, monthly(1, "First", ""), "InvalidParameter", "dayOfWeek is missing"},
		"more days than a week":                     {"default", vCluster, hours(week...), "TooManyTimeInWeek", "8 entries"},
		"a day without an hour":                     {"default", vCluster, hours(object{"day": "Monday"}), "NeedAtLeastOneHourPerWeekForUpdate", "Monday"},
		"the 24th hour":                             {"default", vCluster, hours(object{"day": "Monday", "hourSlots": []int{24}}), "InvalidParameter", "24 is out of range"},
		"more hours than a day":                     {"default", vCluster, hours(object{"day": "Monday", "hourSlots": make([]int, 25)}), "TooManyHourSlots", "25 hours"},
		"no day":                                    {"default", vCluster, hours(object{"hourSlots": []int{1}}), "InvalidParameter", "weekday"},
		"a time that ends before it begins":         {"default", vCluster, forbidden("2026-12-24T00:00:00Z", "2026-12-23T00:00:00Z"), "InvalidStartEndTime", "the second after the first"},
		"a time without a zone":                     {"default", vCluster, forbidden("2026-12-24", "2026-12-25"), "InvalidStartEndTime", "such as"},
		"a property that a window does not have":    {upgrade, vCluster2025, is("hours", 4), "UnmarshalError", `unknown field "hours"`},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", at+c.name, c.version, c.body)
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, c.code, c.text)
			}
			must(t, w.arm("GET", at+c.name, vCluster2025, nil), 404)
		})
	}
}
