<?php
// The 45 calls that the newer document shows in PHP, with its addresses, methods and parameters. Prints what came back,
// by `METHOD /path`.
require __DIR__ . '/client.php';

$conversation = '/conversations/' . $world['conversationid'];
$customer = '/customers/' . $world['customer']['email'];
$today = date('Y-m-d');
$range = array('date_from' => "$today 00:00:00", 'date_to' => "$today 23:59:59");
$of = array();

// Agents, application, companies
$of['GET /api/agents/[agentidentifier]'] = get('/agents/' . $world['agent']['email']);
$of['GET /api/application/status'] = get('/application/status');
$of['GET /api/companies'] = get('/companies');
$of['GET /api/companies/[companyid]'] = get('/companies/' . $world['companyid']);

// Conversations
$of['GET /api/conversations'] = get('/conversations');
$of['GET /api/conversations/[conversationid]'] = get($conversation);
$of['GET /api/conversations/[conversationid]/messages'] = get("$conversation/messages");
$of['POST /api/conversations/[conversationid]/messages'] = post("$conversation/messages", array(
    'message' => 'Grüße aus PHP & mehr',
    'useridentifier' => $world['agent']['email'],
    'type' => 'M',
    'mail_messsage_id' => '<php@example.com>',
    'do_not_send_mail' => 'Y',
    'is_html_message' => 'N',
    'use_template' => 'N',
    'attachments' => $world['fileid'],
));
$of['PUT /api/conversations/[conversationid]/status'] = custom('PUT', "$conversation/status", array(
    'status' => 'R',
    'useridentifier' => $world['agent']['userid'],
    'note' => 'done',
));
$of['POST /api/conversations/[conversationid]/tags'] = post("$conversation/tags", array(
    'id' => $world['tagid'],
    'name' => 'from PHP',
));
$of['GET /api/conversations/[conversationid]/tags'] = get("$conversation/tags");
$of['DELETE /api/conversations/[conversationid]/tags'] = custom('DELETE', "$conversation/tags", array(
    'id' => $world['tagid'],
    'name' => 'from PHP',
));

// Customers
$of['POST /api/customers/[customeridentifier]/fields'] = post("$customer/fields", array(
    'customfields' => json_encode(array(array('code' => 'size', 'value' => 'A4'))),
));
$of['DELETE /api/customers/[customeridentifier]/fields'] = custom('DELETE', "$customer/fields", array('code' => 'size'));
$of['GET /api/customers/[customeridentifier]/groups'] = get("$customer/groups");

// Groups of customers
$of['GET /api/customersgroups'] = get('/customersgroups');
$of['POST /api/customersgroups'] = post('/customersgroups', array(
    'name' => 'From PHP',
    'color' => 'FFFFFF',
    'bg_color' => '336699',
));
$group = '/customersgroups/' . $of['POST /api/customersgroups']['response']['id'];
$of['GET /api/customersgroups/[groupid]'] = get($group);
$of['PUT /api/customersgroups/[groupid]'] = custom('PUT', $group, array(
    'name' => 'Still from PHP',
    'color' => '000000',
    'bg_color' => 'FFFFFF',
));
$of['DELETE /api/customersgroups/[groupid]'] = custom('DELETE', $group, array());

// Files
$of['POST /api/files'] = post('/files', array(
    'name' => 'a.txt',
    'type' => 'text/plain',
    'data' => base64_encode('from PHP'),
));
$of['GET /api/files/[fileid]'] = get('/files/' . $of['POST /api/files']['response']['fileid']);

// Knowledge base
$of['GET /api/knowledgebase/articles'] = get('/knowledgebase/articles');
$of['POST /api/knowledgebase/categories'] = post('/knowledgebase/categories', array(
    'title' => 'From PHP',
    'kb_id' => 'kb_defa',
    'parent_entry_id' => $world['kbCategory'],
    'rtype' => 'C',
    'access' => 'P',
    'rorder' => '1',
    'keywords' => 'php',
    'departmentid' => 'default',
    'description' => 'All about it',
));
$entry = $of['POST /api/knowledgebase/categories']['response']['kb_entry_id'];
$of['GET /api/knowledgebase/entries'] = get('/knowledgebase/entries');
$of['DELETE /api/knowledgebase/entries/[entry_id]'] = custom('DELETE', "/knowledgebase/entries/$entry", array());
$of['GET /api/knowledgebase/knowledgebases'] = get('/knowledgebase/knowledgebases');
$of['GET /api/knowledgebase/search'] = get('/knowledgebase/search', array('query' => 'printer'));

// Online status and reports
$of['GET /api/onlinestatus/agents'] = get('/onlinestatus/agents');
foreach (array('agents', 'channels', 'departments', 'performance', 'tags', 'tickets/slalog') as $report) {
    $of["GET /api/reports/$report"] = get("/reports/$report", $range);
}
foreach (array('agentsavailability', 'load', 'slacompliance') as $report) {
    $of["GET /api/reports/tickets/$report"] = get("/reports/tickets/$report");
}

// Suggestions and tags
$of['GET /api/suggestioncategories'] = get('/suggestioncategories');
$of['GET /api/tags'] = get('/tags');
$of['POST /api/tags'] = post('/tags', array('name' => 'PHP', 'color' => 'FFFFFF', 'bg_color' => '336699'));
$tag = '/tags/' . $of['POST /api/tags']['response']['id'];
$of['GET /api/tags/[tagid]'] = get($tag);
$of['PUT /api/tags/[tagid]'] = custom('PUT', $tag, array('name' => 'PHP 8', 'color' => '000000', 'bg_color' => 'FFFFFF'));
$of['DELETE /api/tags/[tagid]'] = custom('DELETE', $tag, array());

$of['DELETE /api/conversations/[conversationid]'] = custom('DELETE', $conversation, array(
    'note' => 'a double',
    'useridentifier' => $world['agent']['email'],
));

echo json_encode($of);
