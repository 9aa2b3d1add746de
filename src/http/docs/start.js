SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  // The viewer's own service would be another host.
  validatorUrl: null,
});
