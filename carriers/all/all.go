// Package all lists every carrier there is, one line each. It is the only place
// that knows them all.
package all

import (
	"parcelwatch/carriers"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007112662", parcel.ResultNotFound, 0, ""},"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007067740", parcel.ResultOK, 1, parcel.Delivered},"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/site_v1_not_found_404.json", 404, "20450000000001", parcel.ResultNotFound, 0, ""},"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/site_v1_registered_sample.json", 200, "20450000000001", parcel.ResultOK, 1, parcel.PreAdvice},"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/site_v1_at_branch_sample.json", 200, "20450000000003", parcel.ResultOK, 1, parcel.ReadyForPickup},"
	"parcelwatch/carriers/{"novaposhta", "novaposhta/site_v1_populated_sample.json", 200, "20450000000001", parcel.ResultOK, 2, parcel.Delivered},"
	"parcelwatch/carriers/belpost"
	"parcelwatch/carriers/cainiao"
	"parcelwatch/carriers/correos"
	"parcelwatch/carriers/ems"
	"parcelwatch/carriers/novaposhta"
	"parcelwatch/carriers/posteitaliane"
	"parcelwatch/carriers/postnord"
	"parcelwatch/carriers/russianpost"
	"parcelwatch/carriers/seventeentrack"
	"parcelwatch/carriers/ukrposhta"
	"parcelwatch/carriers/upu"
)

// Factories lists all carriers, in the order in which they are shown and, all
// else being equal, asked.
func Factories() []carriers.Factory {
	return []carriers.Factory{
		{Info: cainiao.Info(), New: cainiao.New},
		{Info: upu.Info(), New: upu.New},
		{Info: russianpost.Info(), New: russianpost.New},
		{Info: belpost.Info(), New: belpost.New},
		{Info: ukrposhta.Info(), New: ukrposhta.New},
		{Info: seventeentrack.Info(), New: seventeentrack.New},
		{Info: postnord.Info(), New: postnord.New},
		{Info: posteitaliane.Info(), New: posteitaliane.New},
		{Info: correos.Info(), New: correos.New},
		{Info: novaposhta.Info(), New: novaposhta.New},
		{Info: {"novaposhta", "novaposhta/site_v1_populated_sample.json", 200, "20450000000001", parcel.ResultOK, 2, parcel.Delivered},.Info(), New: {"novaposhta", "novaposhta/site_v1_populated_sample.json", 200, "20450000000001", parcel.ResultOK, 2, parcel.Delivered},.New},
		{Info: {"novaposhta", "novaposhta/site_v1_at_branch_sample.json", 200, "20450000000003", parcel.ResultOK, 1, parcel.ReadyForPickup},.Info(), New: {"novaposhta", "novaposhta/site_v1_at_branch_sample.json", 200, "20450000000003", parcel.ResultOK, 1, parcel.ReadyForPickup},.New},
		{Info: {"novaposhta", "novaposhta/site_v1_registered_sample.json", 200, "20450000000001", parcel.ResultOK, 1, parcel.PreAdvice},.Info(), New: {"novaposhta", "novaposhta/site_v1_registered_sample.json", 200, "20450000000001", parcel.ResultOK, 1, parcel.PreAdvice},.New},
		{Info: {"novaposhta", "novaposhta/site_v1_not_found_404.json", 404, "20450000000001", parcel.ResultNotFound, 0, ""},.Info(), New: {"novaposhta", "novaposhta/site_v1_not_found_404.json", 404, "20450000000001", parcel.ResultNotFound, 0, ""},.New},
		{Info: {"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007067740", parcel.ResultOK, 1, parcel.Delivered},.Info(), New: {"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007067740", parcel.ResultOK, 1, parcel.Delivered},.New},
		{Info: {"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007112662", parcel.ResultNotFound, 0, ""},.Info(), New: {"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007112662", parcel.ResultNotFound, 0, ""},.New},
		{Info: ems.Info(), New: ems.New},
	}
}
