package story_test

import "testing"

// Words of the shop that say where a parcel is imply that it has arrived in its country,
// and words that hold a known one in another sense move nothing.
func TestTheWordsOfTheShop(t *testing.T) {
	tell(t, life{
		name: "words_of_the_shop", days: 5,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", "LP00999900000042", "with local carrier", "Camera", ""},
			{0, "12:10", "8190000000010024", "LP00999900000056", "at customs", "Lamp", ""},
			{0, "12:20", "8190000000010031", "LP00999900000060", "in transit", "Kettle", ""},
			{2, "12:00", "8190000000010031", "LP00999900000060", "will be delivered tomorrow", "Kettle", ""},
			{3, "12:00", "8190000000010031", "LP00999900000060", "delivery to the carrier is delayed", "Kettle", ""},
		},
	})
}
