package clusters

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Maintenance is the body of a maintenance configuration: when AKS may work on the cluster. Nothing is ever upgraded by
// itself in the sandbox, so that it decides nothing here.
type Maintenance struct {
	TimeInWeek     []TimeInWeek       `json:"timeInWeek,omitempty"`
	NotAllowedTime []TimeSpan         `json:"notAllowedTime,omitempty"`
	Window         *MaintenanceWindow `json:"maintenanceWindow,omitempty"`
}

// TimeInWeek are hours of a day in UTC.
type TimeInWeek struct {
	Day       string `json:"day,omitempty"`
	HourSlots []int  `json:"hourSlots,omitempty"` // each hour that an hour's time begins at
}

// TimeSpan is a time that nothing is done in, from start to end in RFC 3339.
type TimeSpan struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// MaintenanceWindow is a time that recurs.
type MaintenanceWindow struct {
	Schedule        *Schedule  `json:"schedule,omitempty"`
	DurationHours   int        `json:"durationHours,omitempty"`
	UTCOffset       string     `json:"utcOffset,omitempty"`
	StartDate       string     `json:"startDate,omitempty"`
	StartTime       string     `json:"startTime,omitempty"`
	NotAllowedDates []DateSpan `json:"notAllowedDates,omitempty"`
}

// DateSpan are days that nothing is done on, both included.
type DateSpan struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// Schedule has exactly one member.
type Schedule struct {
	Daily           *Daily           `json:"daily,omitempty"`
	Weekly          *Weekly          `json:"weekly,omitempty"`
	AbsoluteMonthly *AbsoluteMonthly `json:"absoluteMonthly,omitempty"`
	RelativeMonthly *RelativeMonthly `json:"relativeMonthly,omitempty"`
}

// Daily is every so many days.
type Daily struct {
	IntervalDays int `json:"intervalDays"`
}

// Weekly is a day of every so many weeks.
type Weekly struct {
	IntervalWeeks int    `json:"intervalWeeks"`
	DayOfWeek     string `json:"dayOfWeek"`
}

// AbsoluteMonthly is a date of every so many months.
type AbsoluteMonthly struct {
	IntervalMonths int `json:"intervalMonths"`
	DayOfMonth     int `json:"dayOfMonth"`
}

// RelativeMonthly is such as the last Monday of every so many months.
type RelativeMonthly struct {
	IntervalMonths int    `json:"intervalMonths"`
	WeekIndex      string `json:"weekIndex"`
	DayOfWeek      string `json:"dayOfWeek"`
}

// MaintenanceBody is a maintenance configuration as the API shows it.
type MaintenanceBody struct {
	ID         string          `json:"id,omitempty"`
	Name       string          `json:"name,omitempty"`
	Type       string          `json:"type,omitempty"`
	Properties *Maintenance    `json:"properties,omitempty"`
	SystemData *arm.SystemData `json:"systemData,omitempty"`
}

func renderMaintenance(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Maintenance](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return MaintenanceBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &doc.Body, SystemData: arm.System(doc.Header)}, nil
}

// putMaintenance answers at once, whatever the cluster is busy with: the configuration is only looked at when an upgrade
// would begin. A PUT is the whole configuration.
func (p *Provider) putMaintenance(r *arm.Request) (arm.Response, error) {
	var body MaintenanceBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	name, err := maintenanceName(r.ID.Name())
	if err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		return arm.Response{}, missing("properties")
	}
	want := *body.Properties
	if err := checkMaintenance(name, r.Version(), &want); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusOK
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[Maintenance](tx, r.ID.String())
		if err != nil {
			return err
		}
		var before *resource.Header
		today := p.core.Now().UTC().Format(dateForm)
		if have != nil {
			before = &have.Header
			if have.Body.Window != nil {
				today = have.Body.Window.StartDate
			}
		} else {
			status = http.StatusCreated
		}
		if w := want.Window; w != nil {
			setIf(&w.UTCOffset, "+00:00")
			setIf(&w.StartDate, today)
		}
		return resource.Save(tx, &resource.Document[Maintenance]{Header: p.core.NewHeader(before, r, "", nil), Body: want})
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.maintenance, r.ID.String(), status)
}

// The names of the configurations, which say what may be done in their time
// (https://learn.microsoft.com/azure/aks/planned-maintenance#schedule-configuration-types-for-planned-maintenance).
const (
	maintainAll    = "default"
	maintainUpdate = "aksManagedAutoUpgradeSchedule"
	maintainNodeOS = "aksManagedNodeOSUpgradeSchedule"
)

func maintenanceName(name string) (string, error) {
	for _, known := range []string{maintainAll, maintainUpdate, maintainNodeOS} {
		if strings.EqualFold(name, known) {
			return known, nil
		}
	}
	return "", invalid("configName", "The name of a maintenance configuration is '%s', '%s' or '%s', not '%s'.", maintainAll, maintainUpdate, maintainNodeOS, name)
}
