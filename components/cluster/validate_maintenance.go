package cluster

import (
	"fmt"
	"regexp"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

var (
	clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	utcOffset = regexp.MustCompile(`^[+-](0[0-9]|1[0-4]):[0-5][0-9]$`)
)

// validateMaintenance checks the maintenance windows. Their numbers are the tags',
// from "Microsoft.ContainerService managedClusters/maintenanceConfigurations".
//
// Source: learn.microsoft.com, "Use planned maintenance to schedule and control
// upgrades for your Azure Kubernetes Service cluster".
func (args *ClusterArgs) validateMaintenance(l *problem.List) {
	first := map[string]problem.Path{}
	for i := range args.MaintenanceWindows {
		w, path := &args.MaintenanceWindows[i], problem.Path("maintenanceWindows").Index(i)
		if w.Name == "" {
			l.Add(path+".name", "name is required", "it says what the window is for")
		}
		if other, taken := first[w.Name]; taken && w.Name != "" {
			l.Add(path+".name", fmt.Sprintf("%s is called %q already", other, w.Name), "a cluster has one window of each name")
		}
		first[w.Name] = path
		if text, ok := known.String(w.StartTime); ok && !clockTime.MatchString(text) {
			l.Add(path+".startTime", fmt.Sprintf("%q is not a time", text), "write hh:mm, 00:00 to 23:59")
		}
		if text, ok := known.String(w.UtcOffset); ok && !utcOffset.MatchString(text) {
			l.Add(path+".utcOffset", fmt.Sprintf("%q is not an offset", text), "write it like \"+01:00\" or \"-07:00\"")
		}
		checkDate(l, path+".startDate", w.StartDate)
		for j := range w.NotAllowedDates {
			w.NotAllowedDates[j].validate(l, path.Field("notAllowedDates").Index(j))
		}
		if w.Schedule != nil {
			w.validateSchedule(l, path+".schedule")
		}
	}
}

func (w *MaintenanceWindowArgs) validateSchedule(l *problem.List, path problem.Path) {
	s := w.Schedule
	given := 0
	for _, one := range []bool{s.Daily != nil, s.Weekly != nil, s.AbsoluteMonthly != nil, s.RelativeMonthly != nil} {
		if one {
			given++
		}
	}
	switch {
	case given != 1:
		l.Add(path, fmt.Sprintf("%d schedules are given", given), "give exactly one of daily, weekly, absoluteMonthly and relativeMonthly")
	case w.Name == MaintenanceDefault && s.Weekly == nil:
		l.Add(path, fmt.Sprintf("the window %s can be weekly only", MaintenanceDefault), "give weekly")
	}
}

func (d *DateSpanArgs) validate(l *problem.List, path problem.Path) {
	start, startOK := checkDate(l, path+".start", d.Start)
	end, endOK := checkDate(l, path+".end", d.End)
	if startOK && endOK && end.Before(start) {
		l.Add(path+".end", fmt.Sprintf("the last day is before the first, %s", start.Format(time.DateOnly)), "exchange the two")
	}
}

// checkDate is a date that is known and right.
func checkDate(l *problem.List, path problem.Path, in any) (time.Time, bool) {
	text, ok := known.String(in)
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		l.Add(path, fmt.Sprintf("%q is not a date", text), "write yyyy-mm-dd")
	}
	return day, err == nil
}
