package adapter

// Zones is the table of zones by country.
const Zones = zones
