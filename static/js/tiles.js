// The map of workplaces on somebody's tiles, where the installation has been told of some. A picture beside
// the drawn map and its table, which have all of it and need neither this nor the tiles.

const LARGEST = 26; // the radius of the largest circle, in pixels

function circle(spot, most) {
  const radius = Math.max(5, LARGEST * Math.sqrt(spot.value / most));
  const said = document.createElement("span");
  said.textContent = spot.said;
  return L.circleMarker([spot.latitude, spot.longitude], { radius, className: "tile-spot" })
    .bindTooltip(said)
    .on("click", () => window.location.assign(spot.url));
}

function draw(box) {
  const spots = JSON.parse(box.dataset.spots);
  const most = Math.max(1, ...spots.map((spot) => spot.value));
  box.hidden = false;
  const map = L.map(box, { zoomControl: false, scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  const { zoomIn, zoomOut, credit } = box.dataset;
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  const text = document.createElement("span");
  text.textContent = credit;
  L.tileLayer(box.dataset.tiles, { attribution: text.innerHTML, maxZoom: 17 }).addTo(map);
  const circles = L.featureGroup(spots.map((spot) => circle(spot, most))).addTo(map);
  map.fitBounds(circles.getBounds().pad(0.15), { maxZoom: 11 });
}

document.querySelectorAll("[data-tiles]").forEach(draw);
