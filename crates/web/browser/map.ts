// Turns every server-drawn map of a page into one that can be moved. Nothing is fetched from outside:
// the style is made here, the outlines and sites come from our own addresses, and all lettering is HTML,
// so that no glyphs or sprites are needed.
//
//   <figure data-map data-worker="…" data-outlines="…" data-sites="…"> server-drawn map </figure>
//
// `data-outlines`: GeoJSON polygons with the property `name`.
// `data-sites`: GeoJSON points with `name`, `url` and `view` (the class of the marker's shape).
import { Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, StyleSpecification } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";

const LOCALE = {
  "Map.Title": "地図",
  "Marker.Title": "地点",
  "NavigationControl.ResetBearing": "北を上にする",
  "NavigationControl.ZoomIn": "拡大する",
  "NavigationControl.ZoomOut": "縮小する",
  "ScaleControl.Kilometers": "km",
  "ScaleControl.Meters": "m",
};

type Position = [number, number];

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function style(outlines: GeoJSON.FeatureCollection, sites: GeoJSON.FeatureCollection): StyleSpecification {
  return {
    version: 8,
    sources: {
      outlines: { type: "geojson", data: outlines },
      sites: { type: "geojson", data: sites, cluster: true, clusterRadius: 48, clusterMaxZoom: 15 },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": token("--color-neutral-solid-gray-50") } },
      { id: "areas", type: "fill", source: "outlines", paint: { "fill-color": token("--color-neutral-white") } },
      { id: "borders", type: "line", source: "outlines", paint: { "line-color": token("--color-neutral-solid-gray-420") } },
      // Never seen: a source is only cut into tiles, and so clustered, where a layer uses it.
      { id: "sites", type: "circle", source: "sites", paint: { "circle-opacity": 0 } },
    ],
  };
}

function positions(geometry: GeoJSON.Geometry): Position[] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positions);
  const flat: Position[] = [];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") flat.push([part[0], part[1]]);
    else part.forEach(walk);
  };
  walk(geometry.coordinates);
  return flat;
}

function bounds(features: GeoJSON.Feature[]): LngLatBoundsLike | undefined {
  const all = features.flatMap((feature) => positions(feature.geometry));
  if (all.length === 0) return undefined;
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of all) {
    box[0] = Math.min(box[0], lng);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lng);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

function siteMarker(properties: Record<string, unknown>): HTMLElement {
  const link = document.createElement("a");
  link.className = `map-site map-site-${properties.view}`;
  link.href = String(properties.url);
  link.title = String(properties.name);
  link.setAttribute("aria-label", String(properties.name));
  return link;
}

function clusterMarker(map: Map, at: Position, properties: Record<string, unknown>): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map-cluster";
  button.textContent = String(properties.point_count);
  button.setAttribute("aria-label", `${properties.point_count}件。拡大して見る`);
  button.addEventListener("click", async () => {
    const source = map.getSource<GeoJSONSource>("sites");
    const zoom = await source?.getClusterExpansionZoom(Number(properties.cluster_id));
    if (zoom !== undefined) map.easeTo({ center: at, zoom });
  });
  return button;
}

/** Draws what the clustering leaves at this zoom; markers that stay are kept, so that focus is not lost. */
function drawSites(map: Map, shown: globalThis.Map<string, Marker>): void {
  const wanted = new globalThis.Map<string, Marker>();
  for (const feature of map.querySourceFeatures("sites")) {
    if (feature.geometry.type !== "Point") continue;
    const at = feature.geometry.coordinates as Position;
    const cluster = feature.properties.cluster === true;
    const key = cluster ? `cluster ${feature.properties.cluster_id}` : `site ${feature.properties.url}`;
    if (wanted.has(key)) continue;
    const known = shown.get(key);
    const element = cluster ? clusterMarker(map, at, feature.properties) : siteMarker(feature.properties);
    wanted.set(key, known ?? new Marker({ element }).setLngLat(at).addTo(map));
  }
  for (const [key, marker] of shown) if (!wanted.has(key)) marker.remove();
  shown.clear();
  for (const [key, marker] of wanted) shown.set(key, marker);
}

/** Area and centroid of a ring, by the shoelace formula. */
function measure(ring: Position[]): { area: number; middle: Position } {
  let [twice, x, y] = [0, 0, 0];
  const [first] = ring;
  for (const [i, [lng, lat]] of ring.entries()) {
    const [nextLng, nextLat] = ring[(i + 1) % ring.length];
    const [a, b, c, d] = [lng - first[0], lat - first[1], nextLng - first[0], nextLat - first[1]];
    const cross = a * d - c * b;
    twice += cross;
    x += (a + c) * cross;
    y += (b + d) * cross;
  }
  const middle: Position = twice === 0 ? first : [first[0] + x / (3 * twice), first[1] + y / (3 * twice)];
  return { area: Math.abs(twice) / 2, middle };
}

/** Names in the middle of the largest part of each outline, the largest outline first. */
function drawNames(map: Map, outlines: GeoJSON.FeatureCollection): HTMLElement[] {
  const names = outlines.features.flatMap(({ geometry, properties }) => {
    const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : geometry.type === "Polygon" ? [geometry.coordinates] : [];
    const rings = parts.map(([outer]) => measure(outer as Position[])).sort((a, b) => b.area - a.area);
    return rings.length > 0 && properties?.name ? [{ name: String(properties.name), ...rings[0] }] : [];
  });
  names.sort((a, b) => b.area - a.area);
  return names.map(({ name, middle }) => {
    const element = document.createElement("span");
    element.className = "map-name";
    element.textContent = name;
    new Marker({ element }).setLngLat(middle).addTo(map);
    element.removeAttribute("role");
    element.removeAttribute("aria-label");
    element.removeAttribute("tabindex");
    return element;
  });
}

/** Hides each name that would stand on one before it. */
function thinNames(names: HTMLElement[]): void {
  const kept: DOMRect[] = [];
  for (const name of names) {
    const box = name.getBoundingClientRect();
    const covers = (other: DOMRect): boolean =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    const hidden = kept.some(covers);
    name.style.visibility = hidden ? "hidden" : "";
    if (!hidden) kept.push(box);
  }
}

async function collection(address: string | undefined): Promise<GeoJSON.FeatureCollection> {
  if (!address) return { type: "FeatureCollection", features: [] };
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

async function enliven(figure: HTMLElement): Promise<void> {
  const [outlines, sites] = await Promise.all([collection(figure.dataset.outlines), collection(figure.dataset.sites)]);
  // A single site says nothing without what lies around it.
  const box = bounds(sites.features.length > 1 || outlines.features.length === 0 ? sites.features : outlines.features);
  if (!box) return;
  const container = document.createElement("div");
  container.className = "map-live";
  figure.prepend(container);
  const map = new Map({
    container,
    style: style(outlines, sites),
    bounds: box,
    fitBoundsOptions: { padding: 32, maxZoom: 14 },
    attributionControl: false,
    dragRotate: false,
    cooperativeGestures: false,
    locale: LOCALE,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  const shown = new globalThis.Map<string, Marker>();
  let names: HTMLElement[] = [];
  map.once("load", () => {
    figure.dataset.map = "live";
    names = drawNames(map, outlines);
  });
  map.on("idle", () => {
    drawSites(map, shown);
    thinNames(names);
  });
}

for (const figure of document.querySelectorAll<HTMLElement>("[data-map]")) {
  setWorkerUrl(figure.dataset.worker ?? "");
  // Where it fails (no WebGL, say) the server-drawn map stays.
  enliven(figure).catch((error) => console.warn("the map stays as the server drew it:", error));
}
