package main

import (
	"path/filepath"

	"followupd/mail"
)

// damagedReplies is how many replies of a mailbox are damaged in each way.
const damagedReplies = 300

// measureList ties a real list, whole and damaged. It belongs to nobody, so inspect is not told who the rep is.
func measureList(t *table, all []source, dir string, seed uint64, verbose bool) error {
	truth := byHeaders(all)
	found, err := inspected(dir, all)
	if err != nil {
		return err
	}
	t.section("threads of a list")
	precision, recall := pairs(truth, threadsOf(found), whole(all, truth))
	t.add(row{what: "pairs right, where headers are whole", got: precision, goal: pairsOfAList[0], format: "%.4f"})
	t.add(row{what: "pairs found, where headers are whole", got: recall, goal: pairsOfAList[1], format: "%.4f"})
	anybody := func(int) bool { return true }
	return measureDamages(t, all, truth, damages, listAttached, dir, seed, verbose, anybody)
}

// measureSales ties the made-up sales mailbox, of which inspect knows whose it is.
func measureSales(t *table, dir string, seed uint64, verbose bool) error {
	box := makeSalesBox(5)
	found, err := inspected(dir, box.all, rep)
	if err != nil {
		return err
	}
	t.section("threads of a sales mailbox")
	precision, recall := pairs(box.thread, threadsOf(found), nil)
	t.add(row{what: "pairs right", got: precision, goal: pairsOfARep[0], format: "%.4f"})
	t.add(row{what: "pairs found", got: recall, goal: pairsOfARep[1], format: "%.4f"})
	answersOfTheCompany := func(i int) bool { return !box.far[i] && box.all[i].get("to") == "Anna Berg <"+rep+">" }
	if err := measureDamages(t, box.all, box.thread, salesDamages, salesAttached, dir, seed, verbose, answersOfTheCompany, rep); err != nil {
		return err
	}
	behind, second := aliasBox(damagedReplies)
	found, err = inspected(dir, behind.all, rep)
	if err != nil {
		return err
	}
	addOutcome(t, "second answer to an id that a relay made up", spoilt{behind.all, second}.judge(behind.thread, threadsOf(found)), salesAttached)
	return nil
}

func measureDamages(t *table, all []source, truth groups, ways []damage, goals map[string][2]goal, dir string, seed uint64, verbose bool, may func(int) bool, me ...mail.Address) error {
	for _, d := range ways {
		sp := spoil(all, d, damagedReplies, seed, may)
		found, err := inspected(dir, sp.all, me...)
		if err != nil {
			return err
		}
		threads := threadsOf(found)
		addOutcome(t, d.name, sp.judge(truth, threads), goals)
		for _, i := range sp.damaged {
			if one := (spoilt{sp.all, []int{i}}).judge(truth, threads); verbose && one.attached == 0 {
				t.say("%s: %s: %s %q: %q", d.name, one, all[i].get("date"), all[i].get("subject"), found[i].Reasons[len(found[i].Reasons)-1])
			}
		}
	}
	return nil
}

func addOutcome(t *table, way string, o outcome, goals map[string][2]goal) {
	g := goals[way]
	t.add(row{what: way + ": in their thread", got: float64(o.attached), goal: g[0], format: "%.0f", note: "of " + itoa(o.of)})
	t.add(row{what: way + ": in a wrong one", got: float64(o.wrong), goal: g[1], format: "%.0f", less: true})
}

func listPath(corpus string) string {
	return filepath.Join(corpus, "threads", "twisted-python-2005-2007.mbox.xz")
}
