// Starts whichever reader the page loaded: Swagger UI at /docs, ReDoc at /redoc.
const target = document.getElementById('reference')
if (window.SwaggerUIBundle) {
  window.SwaggerUIBundle({ url: '/openapi.json', domNode: target, deepLinking: true, persistAuthorization: false })
} else if (window.Redoc) {
  window.Redoc.init('/openapi.json', { hideDownloadButton: false }, target)
}
