package gist

import "testing"

func TestReport(t *testing.T) {
	for question, want := range map[string]string{
		// offers and proposals
		"Shall I send you the tariff?":                     "offered to send you the tariff",
		"Shall I work out what that means for your lanes?": "offered to work out what that means for your lanes",
		"Shall we look at your ten oldest cases?":          "suggested that we look at your ten oldest cases",
		"So, should we start with Lyon?":                   "suggested that we start with Lyon",
		"May I count on you?":                              "",
		// yes or no
		"Would a pilot with your two biggest carriers make sense for you?": "asked whether a pilot with your two biggest carriers would make sense for you",
		"Would a second driver on your long lanes pay off?":                "asked whether a second driver on your long lanes would pay off",
		"Would they fill your empty trips?":                                "asked whether they would fill your empty trips",
		"Would you like to see how others do it?":                          "asked whether you would like to see how others do it",
		"Would you consider a joint bid?":                                  "asked whether you would consider a joint bid",
		"Do you want a slot?":                                              "asked whether you want a slot",
		"Do your drivers use the app at night?":                            "asked whether your drivers use the app at night",
		"Does the price for the second port fit?":                          "asked whether the price for the second port fits",
		"Does that change your plans for the containers?":                  "asked whether that changes your plans for the containers",
		"Is that enough for your fruit?":                                   "asked whether that is enough for your fruit",
		"Are you free to talk about it?":                                   "asked whether you are free to talk about it",
		"Would a short call help?":                                         "asked whether a short call would help",
		"Is Friday a good loading day?":                                    "",
		"Would that plan suit your team?":                                  "",
		// question words
		"Which carriers do you use?":                      "asked which carriers you use",
		"How many lane metres do you need?":               "asked how many lane metres you need",
		"How many of your trucks cross on a normal day?":  "asked how many of your trucks cross on a normal day",
		"What do you think of the split into two phases?": "asked what you think of the split into two phases",
		"What do your customers say to that?":             "asked what your customers say to that",
		"Which of the two depots should go first?":        "asked which of the two depots should go first",
		"Which option should we take?":                    "asked which option we should take",
		"Which of them does your team use today?":         "",
		"Which of the two is closer to your own costs?":   "asked which of the two is closer to your own costs",
		"Which days are your trucks empty?":               "",
		"When may I send it?":                             "asked when I may send it",
		"When would the yearly review suit you?":          "asked when the yearly review would suit you",
		"What did they say?":                              "asked what they said",
		"How long is your typical lane?":                  "",
		"What is your target date?":                       "asked what your target date is",
		"Who should I talk to about the gate?":            "asked who I should talk to about the gate",
		"How about Thursday in your office?":              "",
		"Why not try it for a month?":                     "",
		// nothing to report
		"Interested?":                             "",
		"Any thoughts on this one?":               "",
		"What do you think? Would it work?":       "",
		"Would \"the plan\" make sense for you?":  "",
		"Anna, would you send me the floor plan?": "",
	} {
		if got := report(question); got != want {
			t.Errorf("%s\n got %q\nwant %q", question, got, want)
		}
	}
}
