// Package all lists every carrier there is, one line each. It is the only place
// that knows them all.
package all

import (
	"parcelwatch/carriers"
	"parcelwatch/carriers/belpost"
	"parcelwatch/carriers/bpost"
	"parcelwatch/carriers/cainiao"
	"parcelwatch/carriers/cainiaoeurope"
	"parcelwatch/carriers/correos"
	"parcelwatch/carriers/dhl"
	"parcelwatch/carriers/ems"
	"parcelwatch/carriers/fourpx"
	"parcelwatch/carriers/hermes"
	"parcelwatch/carriers/inpost"
	"parcelwatch/carriers/kazpost"
	"parcelwatch/carriers/laposte"
	"parcelwatch/carriers/novaposhta"
	"parcelwatch/carriers/posteitaliane"
	"parcelwatch/carriers/postnl"
	"parcelwatch/carriers/postnord"
	"parcelwatch/carriers/russianpost"
	"parcelwatch/carriers/seventeentrack"
	"parcelwatch/carriers/singpost"
	"parcelwatch/carriers/sunyou"
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
		{Info: ems.Info(), New: ems.New},
		{Info: kazpost.Info(), New: kazpost.New},
		{Info: dhl.Info(), New: dhl.New},
		{Info: fourpx.Info(), New: fourpx.New},
		{Info: laposte.Info(), New: laposte.New},
		{Info: singpost.Info(), New: singpost.New},
		{Info: inpost.Info(), New: inpost.New},
		{Info: inpost.Italy(), New: inpost.NewItaly},
		{Info: cainiaoeurope.Info(), New: cainiaoeurope.New},
		{Info: hermes.Info(), New: hermes.New},
		{Info: sunyou.Info(), New: sunyou.New},
		{Info: bpost.Info(), New: bpost.New},
		{Info: postnl.Info(), New: postnl.New},
	}
}
