<?xml version="1.0" encoding="UTF-8"?>
<!-- The least that shows a CDA: title, patient, author, sections, tables, lists, styles, images. A floor to be compared with, nothing to be used:
     no identity rules, no numbering of notes, no limits, links as they are. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:hl7-org:v3" exclude-result-prefixes="h">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:key name="media" match="h:observationMedia" use="@ID"/>
  <xsl:template match="/">
    <html lang="fr">
      <head><title><xsl:value-of select="//h:ClinicalDocument/h:title"/></title></head>
      <body><xsl:apply-templates select="//h:ClinicalDocument"/></body>
    </html>
  </xsl:template>
  <xsl:template match="h:ClinicalDocument">
    <h1><xsl:value-of select="h:title"/></h1>
    <p><xsl:value-of select="h:recordTarget/h:patientRole/h:patient/h:name"/>, <xsl:value-of select="h:recordTarget/h:patientRole/h:patient/h:birthTime/@value"/>, <xsl:value-of select="h:effectiveTime/@value"/></p>
    <xsl:for-each select="h:author"><p><xsl:value-of select="h:assignedAuthor/h:assignedPerson/h:name"/></p></xsl:for-each>
    <xsl:apply-templates select="h:component/h:structuredBody/h:component/h:section"/>
    <xsl:for-each select="h:component/h:nonXMLBody/h:text"><a href="data:{@mediaType};base64,{.}">Document</a></xsl:for-each>
  </xsl:template>
  <xsl:template match="h:section">
    <section>
      <h2><xsl:value-of select="h:title"/></h2>
      <xsl:apply-templates select="h:text/node()"/>
      <xsl:apply-templates select="h:component/h:section"/>
    </section>
  </xsl:template>
  <xsl:template match="h:paragraph"><p><xsl:apply-templates/></p></xsl:template>
  <xsl:template match="h:list[@listType='ordered']"><ol><xsl:apply-templates/></ol></xsl:template>
  <xsl:template match="h:list"><ul><xsl:apply-templates/></ul></xsl:template>
  <xsl:template match="h:item"><li><xsl:apply-templates/></li></xsl:template>
  <xsl:template match="h:table|h:thead|h:tbody|h:tfoot|h:tr|h:th|h:td|h:caption|h:sub|h:sup|h:br">
    <xsl:element name="{local-name()}">
      <xsl:copy-of select="@colspan|@rowspan|@align"/>
      <xsl:apply-templates/>
    </xsl:element>
  </xsl:template>
  <xsl:template match="h:content[contains(@styleCode,'old')]"><b><xsl:apply-templates/></b></xsl:template>
  <xsl:template match="h:content"><span><xsl:apply-templates/></span></xsl:template>
  <xsl:template match="h:linkHtml"><a href="{@href}"><xsl:apply-templates/></a></xsl:template>
  <xsl:template match="h:renderMultiMedia">
    <xsl:for-each select="key('media', @referencedObject)/h:value">
      <xsl:choose>
        <xsl:when test="starts-with(@mediaType, 'image/')"><img src="data:{@mediaType};base64,{.}"/></xsl:when>
        <xsl:otherwise><a href="data:{@mediaType};base64,{.}">Fichier</a></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
