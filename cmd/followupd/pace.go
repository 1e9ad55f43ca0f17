package main

import (
	"iter"

	"followupd/config"
	"followupd/tracker"
)

// kind is what prospects and threads the config can tell apart.
type kind struct {
	grade     string
	situation tracker.Situation
}

// kinds gives all that have keys of their own, and the rest of each as "".
func kinds(c config.Cadence) iter.Seq[kind] {
	return func(yield func(kind) bool) {
		grades, situations := []string{""}, []tracker.Situation{""}
		for name := range c.Grade {
			grades = append(grades, name)
		}
		for name := range c.Situation {
			situations = append(situations, tracker.Situation(name))
		}
		for _, g := range grades {
			for _, s := range situations {
				if !yield(kind{g, s}) {
					return
				}
			}
		}
	}
}

// paces works out the pace of every kind once; nil where the config tells none apart.
func paces(cfg config.Config) (func(string, tracker.Situation) tracker.Pace, error) {
	if len(cfg.Cadence.Grade) == 0 && len(cfg.Cadence.Situation) == 0 {
		return nil, nil
	}
	all := make(map[kind]tracker.Pace)
	for k := range kinds(cfg.Cadence) {
		p, err := pace(cfg, k.grade, string(k.situation))
		if err != nil {
			return nil, err
		}
		all[k] = p
	}
	return func(grade string, s tracker.Situation) tracker.Pace {
		k := kind{grade, s}
		if _, ok := cfg.Cadence.Grade[grade]; !ok {
			k.grade = ""
		}
		if _, ok := cfg.Cadence.Situation[string(s)]; !ok {
			k.situation = ""
		}
		return all[k]
	}, nil
}

// pace gives the pace of a grade and a situation; "" for neither.
func pace(cfg config.Config, grade, situation string) (tracker.Pace, error) {
	p := cfg.Cadence.For(grade, situation)
	holiday, err := config.Holidays(p.Holidays)
	if err != nil {
		return tracker.Pace{}, err
	}
	var away []tracker.Span
	for _, d := range cfg.Cadence.Away {
		from, to := d.In(cfg.Mailbox.Timezone)
		away = append(away, tracker.Span{From: from, To: to})
	}
	whose := func(key string) string { return cfg.Cadence.Whose(key, grade, situation) }
	return tracker.Pace{
		Cadence: cadence(p),
		Calendar: tracker.Calendar{
			Zone: cfg.Mailbox.Timezone, Holiday: holiday, From: p.Hours.From, To: p.Hours.To, Away: away,
		},
		DraftsADay: p.DraftsPerDay,
		Quota:      whose("drafts_per_day"),
		Whose: map[tracker.Action]string{
			tracker.FollowUp: whose("follow_up_after"), tracker.BreakUp: whose("break_up_after"), tracker.Nurture: whose("nurture_after"),
			tracker.ThankYou: whose("thank_you_after"),
		},
	}, nil
}

// gradeRules gives the rules of [[grade]].
func gradeRules(cfg config.Config) []tracker.GradeRule {
	var rules []tracker.GradeRule
	for _, r := range cfg.Grades {
		rules = append(rules, tracker.GradeRule{Grade: r.Name, People: r.People, Keywords: r.Keywords, Folders: r.Folders, Did: tracker.Deed(r.Did)})
	}
	return rules
}

func cadence(p config.Pace) tracker.Cadence {
	c := tracker.Cadence{
		BreakUpAfter: tracker.Window(p.BreakUpAfter), NurtureAfter: tracker.Window(p.NurtureAfter), ThankYouAfter: tracker.Window(p.ThankYouAfter),
	}
	for _, w := range p.FollowUpAfter {
		c.FollowUpAfter = append(c.FollowUpAfter, tracker.Window(w))
	}
	return c
}
