#include "page_assets.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char blocks_html[] = {
#embed "../Pages/Assets/blocks.html" suffix(, ) if_empty()
0};
static const char coins_js[] = {
#embed "../Pages/Assets/coins.js" suffix(, ) if_empty()
0};
static const char controls_js[] = {
#embed "../Pages/Assets/controls.js" suffix(, ) if_empty()
0};
static const char denoise_js[] = {
#embed "../Pages/Assets/denoise.js" suffix(, ) if_empty()
0};
static const char draw_js[] = {
#embed "../Pages/Assets/draw.js" suffix(, ) if_empty()
0};
static const char drawing_js[] = {
#embed "../Pages/Assets/drawing.js" suffix(, ) if_empty()
0};
static const char field_js[] = {
#embed "../Pages/Assets/field.js" suffix(, ) if_empty()
0};
static const char images_js[] = {
#embed "../Pages/Assets/images.js" suffix(, ) if_empty()
0};
static const char ink_js[] = {
#embed "../Pages/Assets/ink.js" suffix(, ) if_empty()
0};
static const char interpolate_js[] = {
#embed "../Pages/Assets/interpolate.js" suffix(, ) if_empty()
0};
static const char kl_js[] = {
#embed "../Pages/Assets/kl.js" suffix(, ) if_empty()
0};
static const char memory_js[] = {
#embed "../Pages/Assets/memory.js" suffix(, ) if_empty()
0};
static const char network_js[] = {
#embed "../Pages/Assets/network.js" suffix(, ) if_empty()
0};
static const char page_css[] = {
#embed "../Pages/Assets/page.css" suffix(, ) if_empty()
0};
static const char page_html[] = {
#embed "../Pages/Assets/page.html" suffix(, ) if_empty()
0};
static const char page_js[] = {
#embed "../Pages/Assets/page.js" suffix(, ) if_empty()
0};
static const char plane_js[] = {
#embed "../Pages/Assets/plane.js" suffix(, ) if_empty()
0};
static const char rate_js[] = {
#embed "../Pages/Assets/rate.js" suffix(, ) if_empty()
0};
static const char sliders_js[] = {
#embed "../Pages/Assets/sliders.js" suffix(, ) if_empty()
0};
static const char start_js[] = {
#embed "../Pages/Assets/start.js" suffix(, ) if_empty()
0};
static const char units_js[] = {
#embed "../Pages/Assets/units.js" suffix(, ) if_empty()
0};

static const struct {
  const char *name, *text;
} assets[] = {
  {"blocks.html", blocks_html},
  {"coins.js", coins_js},
  {"controls.js", controls_js},
  {"denoise.js", denoise_js},
  {"draw.js", draw_js},
  {"drawing.js", drawing_js},
  {"field.js", field_js},
  {"images.js", images_js},
  {"ink.js", ink_js},
  {"interpolate.js", interpolate_js},
  {"kl.js", kl_js},
  {"memory.js", memory_js},
  {"network.js", network_js},
  {"page.css", page_css},
  {"page.html", page_html},
  {"page.js", page_js},
  {"plane.js", plane_js},
  {"rate.js", rate_js},
  {"sliders.js", sliders_js},
  {"start.js", start_js},
  {"units.js", units_js},
};

const char *page_asset(const char *name) {
  for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
    if (strcmp(assets[i].name, name) == 0) return assets[i].text;
  }
  return NULL;
}
